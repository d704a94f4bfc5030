import { PageElement, changed, make } from '../../shared/element.js';
import { changeOf, settingOf } from '../select.js';
import { number, t } from '../../words/index.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { Setting } from 'peerlight'
 */

/** Settings that are always in sight; the catalog's others fold away. */
const FOREMOST = ['grid', 'evidence'];

/**
 * @typedef {object} Control
 * @property {Setting} setting
 * @property {HTMLInputElement | HTMLSelectElement} input
 * @property {HTMLElement} help
 * @property {HTMLElement} value
 */

/** The engine's settings, one control each, straight from its catalog. Changing one explains the image anew. */
export class Settings extends PageElement {
  /** @type {Control[]} */
  #controls = [];
  #first = make('div', { class: 'fields' });
  #more = make('div', { class: 'fields' });
  #details = make('details', { 'data-testid': 'more-settings' }, make('summary', {}, t('settings.more')), this.#more);

  connectedCallback() {
    this.append(this.#first, this.#details);
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    const { catalog } = state.engine;
    this.hidden = !catalog;
    if (!catalog) return;
    if (changed(state, before, (s) => [s.engine.catalog])) this.#build(catalog.settings);
    if (!changed(state, before, (s) => [s.ask, s.engine.catalog])) return;
    for (const { setting, input, help, value } of this.#controls) {
      const now = String(settingOf(state, setting.id));
      const choice = setting.choices?.find((c) => c.id === now);
      input.value = now;
      help.textContent = choice?.help || setting.help;
      value.textContent = setting.kind === 'number' ? number(Number(now)) : '';
    }
  }

  /** @param {Setting[]} settings */
  #build(settings) {
    this.#controls = settings.map((setting) => ({
      setting,
      input: setting.kind === 'choice' ? this.#select(setting) : this.#range(setting),
      help: make('p', { class: 'quiet', id: `help-${setting.id}` }),
      value: make('output', { for: `set-${setting.id}` }),
    }));
    const fields = (/** @type {boolean} */ foremost) =>
      this.#controls.filter(({ setting }) => FOREMOST.includes(setting.id) === foremost).map(fieldOf);
    this.#first.replaceChildren(...fields(true));
    this.#more.replaceChildren(...fields(false));
    this.#details.hidden = !this.#more.childElementCount;
  }

  /** @param {Setting} setting */
  #select({ id, choices = [] }) {
    const onchange = (/** @type {any} */ { target }) => this.#ask(id, target.value);
    const options = choices.map((c) => make('option', { value: c.id }, c.name));
    return make('select', { ...propsOf(id), onchange }, ...options);
  }

  /** @param {Setting} setting */
  #range({ id, min, max, whole }) {
    const step = whole ? 1 : 0.005;
    const oninput = (/** @type {any} */ { target }) => this.#ask(id, Number(target.value));
    return make('input', { ...propsOf(id), type: 'range', min, max, step, oninput });
  }

  /**
   * @param {string} id
   * @param {number | string} value
   */
  #ask(id, value) {
    this.send({ type: 'ask-changed', change: changeOf(id, value) });
  }
}

/** @param {string} id */
const propsOf = (id) => ({ id: `set-${id}`, 'data-testid': id, 'aria-describedby': `help-${id}` });

/** @param {Control} control */
function fieldOf({ setting: { id, name }, input, help, value }) {
  return make('div', { class: 'field' }, make('label', { for: `set-${id}` }, name, value), input, help);
}
