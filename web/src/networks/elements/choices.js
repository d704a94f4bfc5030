import { make } from '../../shared/element.js';
import { bytes } from '../../shared/format.js';
import { heard, t } from '../../words/index.js';

/**
 * @import { Action } from '../../app/state.js'
 * @import { Choice, ChoiceState } from '../choice.js'
 */

/** The networks that can be opened at once: those that ship, and those that are kept on this device. */
export class Choices {
  node = make('div', { class: 'choices', role: 'radiogroup', 'aria-label': t('networks.list') });
  /** @type {Map<string, HTMLInputElement>} */
  #inputs = new Map();
  /** @type {Pick<ChoiceState, 'shipped' | 'kept'> | null} */
  #listed = null;
  #send;

  /** @param {(action: Action) => void} send */
  constructor(send) {
    this.#send = send;
  }

  /** @param {ChoiceState} choice */
  update({ shipped, kept, standard, wanted, open }) {
    if (shipped !== this.#listed?.shipped || kept !== this.#listed.kept) this.#list(shipped, kept);
    this.#listed = { shipped, kept };
    const now = wanted ?? open ?? { kind: 'shipped', id: standard };
    for (const [key, input] of this.#inputs) input.checked = key === keyOf(now);
  }

  /**
   * @param {ChoiceState['shipped']} shipped
   * @param {ChoiceState['kept']} kept
   */
  #list(shipped, kept) {
    const held = [...this.#inputs].find(([, input]) => input === document.activeElement)?.[0] ?? '';
    this.#inputs.clear();
    this.node.replaceChildren(
      ...shipped.map(({ id, name, note, bytes: size }) =>
        this.#radio(
          { kind: 'shipped', id },
          heard(name),
          t('networks.shipped', { size: bytes(size), note: heard(note) }),
        ),
      ),
      ...kept.map(({ id, name, size }) => {
        const radio = this.#radio({ kind: 'kept', id }, name, t('networks.yours-kept', { size: bytes(size) }));
        return make('div', { class: 'kept' }, radio, this.#forget(id, name));
      }),
    );
    this.#inputs.get(held)?.focus();
  }

  /**
   * @param {Choice} choice
   * @param {string} name
   * @param {string} note
   */
  #radio(choice, name, note) {
    const key = keyOf(choice);
    const input = make('input', {
      type: 'radio',
      name: 'networks',
      'data-testid': `networks-${key}`,
      onchange: () => this.#send({ type: 'networks-chosen', choice }),
    });
    this.#inputs.set(key, input);
    const text = make('span', {}, make('b', {}, name), ' ', make('span', { class: 'quiet' }, note));
    return make('label', { class: 'choice' }, input, text);
  }

  /**
   * @param {string} id
   * @param {string} name
   */
  #forget(id, name) {
    const props = {
      type: 'button',
      'data-testid': 'networks-forget',
      'aria-label': t('networks.remove-kept', { name }),
      onclick: () => this.#send({ type: 'networks-forget', id }),
    };
    return make('button', props, t('networks.remove'));
  }
}

/** @param {Choice} choice */
const keyOf = (choice) => ('id' in choice ? `${choice.kind}-${choice.id}` : choice.kind);
