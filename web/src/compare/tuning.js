import { make } from '../shared/element.js';
import { settingsOf } from './select.js';
import { t } from '../words/index.js';

/**
 * @import { State } from '../app/state.js'
 * @import { PageElement } from '../shared/element.js'
 * @import { Method, Setting } from 'peerlight'
 */

/** One method's own settings, straight from the catalog. A change runs this method again, and no other. */
export class Tuning {
  node;
  #owner;
  #method;
  /** @type {Map<string, HTMLInputElement | HTMLSelectElement>} */
  #inputs = new Map();

  /**
   * @param {PageElement} owner who sends
   * @param {Method} method
   */
  constructor(owner, method) {
    this.#owner = owner;
    this.#method = method;
    const fields = method.settings.map((setting) => this.#field(setting));
    this.node = make(
      'details',
      { 'data-testid': `settings-${method.id}`, hidden: !fields.length },
      make('summary', {}, t('tuning')),
      make('div', { class: 'fields' }, ...fields),
    );
  }

  /** @param {Setting} setting */
  #field(setting) {
    const { id, name, help, kind, min, max, default: start } = setting;
    const key = `tune-${this.#method.id}-${id}`;
    const props = { id: key, 'data-testid': key, 'aria-describedby': `${key}-help` };
    const input = kind === 'choice' ? this.#select(setting, props) : this.#number(setting, props);
    input.value = String(start);
    this.#inputs.set(id, input);
    const text = kind === 'number' ? t('tuning.range', { help, min: min ?? '', max: max ?? '' }) : help;
    return make(
      'div',
      { class: 'field' },
      make('label', { for: key }, name),
      input,
      make('p', { class: 'quiet', id: `${key}-help` }, text),
    );
  }

  /**
   * @param {Setting} setting
   * @param {Record<string, string>} props
   */
  #select({ id, choices = [] }, props) {
    const onchange = (/** @type {any} */ { target }) => this.#send(id, target.value);
    const options = choices.map((choice) => make('option', { value: choice.id, title: choice.help }, choice.name));
    return make('select', { ...props, onchange }, ...options);
  }

  /**
   * @param {Setting} setting
   * @param {Record<string, string>} props
   */
  #number({ id, min, max }, props) {
    const onchange = (/** @type {any} */ { target }) => {
      if (target.checkValidity() && target.value !== '') this.#send(id, Number(target.value));
      else target.reportValidity();
    };
    return make('input', { ...props, type: 'number', min, max, step: 'any', onchange });
  }

  /**
   * @param {string} setting
   * @param {number | string} value
   */
  #send(setting, value) {
    this.#owner.send({ type: 'compare-tune', id: this.#method.id, setting, value });
  }

  /** @param {State} state */
  update(state) {
    const now = settingsOf(state, this.#method);
    for (const { id, default: start } of this.#method.settings) {
      const input = this.#inputs.get(id);
      if (input && input !== document.activeElement) input.value = String(now[id] ?? start);
    }
  }
}
