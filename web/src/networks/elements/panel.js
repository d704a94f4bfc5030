import { PageElement, changed, errorLine, make, setText } from '../../shared/element.js';
import { MOST, canKeep, incomplete, networkCount, usable } from '../choice.js';
import { addressOf } from '../given.js';
import { Choices } from './choices.js';
import { ModelRow } from './model-row.js';
import { t } from '../../words/index.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { Failure } from '../../shared/refusal.js'
 * @import { ChoiceState } from '../choice.js'
 */

/** The choice of networks: those that ship, those that are kept here, and one’s own. */
export class NetworksPanel extends PageElement {
  #details = make('details', { 'data-testid': 'networks', ontoggle: () => this.#toggled() });
  #summary = make('summary', {}, t('networks.choose'));
  #choices = new Choices((action) => this.send(action));
  #rows = make('ul', { class: 'models' });
  #input = make('input', {
    type: 'file',
    multiple: true,
    accept: '.onnx,.safetensors,.txt,.json,.csv,.names',
    'data-testid': 'network-file',
    onchange: () => this.#picked(),
  });
  #url = make('input', {
    type: 'text',
    id: 'network-url',
    inputmode: 'url',
    autocomplete: 'off',
    spellcheck: 'false',
    'data-testid': 'network-url',
  });
  #error = errorLine('networks-error');
  #keep = make('input', {
    type: 'checkbox',
    'data-testid': 'networks-keep',
    onchange: () => this.send({ type: 'networks-keep', keep: this.#keep.checked }),
  });
  #keepLabel = make('label', { class: 'check' }, this.#keep, make('span', {}, t('networks.keep')));
  #said = make('p', { class: 'quiet', role: 'status', 'data-testid': 'networks-said' });
  #open = make('button', {
    type: 'button',
    class: 'strong',
    'data-testid': 'networks-open',
    onclick: () => this.send({ type: 'networks-chosen', choice: { kind: 'own' } }),
  });
  /** @type {Map<number, ModelRow>} */
  #models = new Map();
  #shown = false;

  connectedCallback() {
    const pick = make('label', { class: 'button' }, this.#input, t('networks.files'));
    const load = make('button', { 'data-testid': 'network-load' }, t('networks.load'));
    const address = make(
      'form',
      { class: 'address', onsubmit: (event) => this.#typed(event) },
      make('label', { for: 'network-url' }, t('networks.address')),
      make('div', {}, this.#url, load),
    );
    const own = make(
      'section',
      { 'aria-labelledby': 'own-networks' },
      make('h2', { id: 'own-networks' }, t('networks.own')),
      make('p', { class: 'quiet' }, t('networks.what')),
      make('div', { class: 'take' }, pick, address),
      this.#error.node,
      this.#rows,
      make('div', { class: 'act' }, this.#keepLabel, this.#said, this.#open),
    );
    this.#details.append(this.#summary, this.#choices.node, own);
    this.replaceChildren(this.#details);
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    if (!changed(state, before, (s) => [s.choice, s.engine.phase])) return;
    const { choice, engine } = state;
    this.#shown = choice.shown;
    if (!choice.shown && this.#details.contains(document.activeElement)) this.#summary.focus();
    this.#details.open = choice.shown;
    this.#choices.update(choice);
    this.#draw(choice);
    this.#error.show(choice.error);
    const n = networkCount(choice);
    this.#keepLabel.hidden = !choice.draft.length || !canKeep();
    this.#keep.checked = choice.keep;
    this.#open.hidden = !choice.draft.length;
    this.#open.disabled = n < 1 || n > MOST || incomplete(choice) || engine.phase === 'loading';
    this.#open.textContent = n ? t('networks.open-n', { n }) : t('networks.open');
    setText(this.#said, said(choice, n));
    const dropped = before && choice.shown && choice.draft.length > before.choice.draft.length;
    if (dropped) this.scrollIntoView({ block: 'nearest' });
  }

  #toggled() {
    if (this.#details.open !== this.#shown) this.send({ type: 'networks-shown', shown: this.#details.open });
  }

  /** @param {ChoiceState} choice */
  #draw({ draft }) {
    for (const [key, row] of this.#models) {
      if (draft.some((file) => file.key === key)) continue;
      if (row.node.contains(document.activeElement)) this.#input.focus();
      row.node.remove();
      this.#models.delete(key);
    }
    for (const file of draft) {
      let row = this.#models.get(file.key);
      if (!row) {
        row = new ModelRow(file.key, (action) => this.send(action));
        this.#models.set(file.key, row);
        this.#rows.append(row.node);
      }
      row.update(file);
    }
  }

  #picked() {
    const files = [...(this.#input.files ?? [])];
    if (files.length) this.send({ type: 'networks-given', files });
    this.#input.value = '';
  }

  /** @param {SubmitEvent} event */
  #typed(event) {
    event.preventDefault();
    const found = addressOf(this.#url.value, document.baseURI);
    if ('error' in found) return this.#refuse(found.error);
    const name = decodeURIComponent(found.url.pathname.split('/').pop() ?? '') || 'network';
    this.send({ type: 'draft-added', files: [{ name, source: found.url }] });
    this.#url.value = '';
  }

  /** @param {Failure} error */
  #refuse(error) {
    this.send({ type: 'networks-trouble', error });
  }
}

/**
 * @param {ChoiceState} choice
 * @param {number} n
 */
function said(choice, n) {
  const { draft } = choice;
  if (!draft.length) return '';
  if (draft.some(({ phase }) => phase === 'reading')) return t('networks.reading');
  if (n > MOST) return t('networks.too-many', { n, most: MOST });
  const left = draft.length - usable(choice).length;
  const out = left ? `${t('networks.left-out', { n: left })} ` : '';
  if (n === 1) return out + t('networks.alone');
  return out;
}
