import { make } from '../element.js';
import { settingsOf } from '../gallery-view.js';

/** One method's own settings, straight from the catalog. A change runs this method anew, and no other. */
export class Tuning {
  node;
  #method;
  /** @type {Map<string, HTMLInputElement | HTMLSelectElement>} */
  #inputs = new Map();

  /** @param {import('../element.js').Part} part who sends @param {import('../gallery.js').Method} method */
  constructor(part, method) {
    this.#method = method;
    const fields = method.settings.map(({ id, name, help, kind, choices = [], min, max, default: start }) => {
      const key = `tune-${method.id}-${id}`;
      const props = { id: key, 'data-testid': key, 'aria-describedby': `${key}-help` };
      const send = (/** @type {number | string} */ value) =>
        part.send({ type: 'gallery-tune', id: method.id, setting: id, value });
      const input =
        kind === 'choice'
          ? make(
              'select',
              { ...props, onchange: ({ target }) => send(target.value) },
              ...choices.map((c) => make('option', { value: c.id, title: c.help }, c.name)),
            )
          : make('input', {
              ...props,
              type: 'number',
              min,
              max,
              step: 'any',
              onchange: ({ target }) =>
                target.checkValidity() && target.value !== '' ? send(Number(target.value)) : target.reportValidity(),
            });
      this.#inputs.set(id, input);
      input.value = String(start);
      const range = kind === 'number' ? ` ${min} to ${max}.` : '';
      return make(
        'div',
        { class: 'field' },
        make('label', { for: key }, name),
        input,
        make('p', { class: 'quiet', id: `${key}-help` }, help + range),
      );
    });
    this.node = make(
      'details',
      { 'data-testid': `settings-${method.id}`, hidden: !fields.length },
      make('summary', {}, 'Settings'),
      make('div', { class: 'fields' }, ...fields),
    );
  }

  /** @param {import('../element.js').State} state */
  update(state) {
    const now = settingsOf(state, this.#method);
    for (const { id, default: start } of this.#method.settings) {
      const input = this.#inputs.get(id);
      if (input && input !== document.activeElement) input.value = String(now[id] ?? start);
    }
  }
}
