import { Part, changed, make } from '../element.js';
import { settingOf } from '../state.js';

/** Settings that are always in sight; the catalog's others fold away. */
const FOREMOST = ['grid', 'evidence'];

/**
 * The engine's settings, one control each, straight from its catalog. Changing one explains the image anew.
 * @typedef {import('../../pkg/index.js').Setting} Setting
 * @typedef {{ setting: Setting, input: HTMLInputElement | HTMLSelectElement, help: HTMLElement, value: HTMLElement }} Control
 */
export class Settings extends Part {
  /** @type {Control[]} */
  #controls = [];
  #first = make('div', { class: 'fields' });
  #more = make('div', { class: 'fields' });
  #details = make('details', { 'data-testid': 'more-settings' }, make('summary', {}, 'More settings'), this.#more);

  connectedCallback() {
    this.append(this.#first, this.#details);
  }

  /** @param {import('../element.js').State} state @param {import('../element.js').State | null} before */
  update(state, before) {
    const { catalog } = state.engine;
    this.hidden = !catalog;
    if (!catalog) return;
    if (changed(state, before, (s) => s.engine.catalog)) this.#build(catalog.settings);
    if (
      !changed(
        state,
        before,
        (s) => s.ask,
        (s) => s.engine.catalog,
      )
    )
      return;
    for (const { setting, input, help, value } of this.#controls) {
      const now = String(settingOf(state, setting.id));
      input.value = now;
      const choice = setting.choices?.find((c) => String(c.id) === now);
      help.textContent = choice?.help || setting.help;
      value.textContent = setting.kind === 'choice' ? '' : setting.id === 'grid' ? `${now} × ${now}` : now;
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
      this.#controls
        .filter(({ setting }) => FOREMOST.includes(setting.id) === foremost)
        .map(({ setting: { id, name }, input, help, value }) =>
          make('div', { class: 'field' }, make('label', { for: `set-${id}` }, name, value), input, help),
        );
    this.#first.replaceChildren(...fields(true));
    this.#more.replaceChildren(...fields(false));
    this.#details.hidden = !this.#more.childElementCount;
  }

  /** @param {Setting} setting */
  #select({ id, choices = [] }) {
    const options = choices.map((c) => make('option', { value: c.id }, c.name));
    const value = (/** @type {string} */ text) => choices.find((c) => String(c.id) === text)?.id;
    return make(
      'select',
      { ...this.#props(id), onchange: ({ target }) => this.#ask(id, value(target.value)) },
      ...options,
    );
  }

  /** @param {Setting} setting */
  #range({ id, min = 0, max = 1, default: start }) {
    const step = Number.isInteger(min) && Number.isInteger(Number(start)) ? 1 : 0.005;
    return make('input', {
      ...this.#props(id),
      type: 'range',
      min,
      max,
      step,
      oninput: ({ target }) => this.#ask(id, Number(target.value)),
    });
  }

  /** @param {string} id */
  #props = (id) => ({ id: `set-${id}`, 'data-testid': id, 'aria-describedby': `help-${id}` });

  /** @param {string} id @param {unknown} value */
  #ask(id, value) {
    this.send({ type: 'ask-changed', id, value });
  }
}
