import { Part, changed, make } from '../element.js';
import { percent, short } from '../format.js';
import { saveFigures, saveOverlay } from '../save.js';

/** How the result is shown. None of this computes anything anew. */
export class Look extends Part {
  /** @type {import('../element.js').State | null} */
  #state = null;
  #shown = make('div', { class: 'segments', role: 'group', 'aria-label': 'Map over the image' });
  #opacity = make('input', {
    type: 'range',
    id: 'opacity',
    min: 0,
    max: 1,
    step: 0.01,
    'data-testid': 'opacity',
    oninput: () => this.#view({ opacity: Number(this.#opacity.value) }),
  });
  #amount = make('output', { for: 'opacity' });
  #color = make('select', {
    id: 'color',
    'data-testid': 'color',
    onchange: () => this.#view({ color: this.#color.value }),
  });
  #lines = make('input', {
    type: 'checkbox',
    'data-testid': 'lines',
    onchange: () => this.#view({ lines: this.#lines.checked }),
  });

  connectedCallback() {
    this.replaceChildren(
      this.#shown,
      make('label', { class: 'check' }, this.#lines, make('span', {}, 'Regions')),
      make(
        'div',
        { class: 'saves' },
        make(
          'button',
          {
            type: 'button',
            'data-testid': 'save-png',
            title: 'The image with the map, as shown',
            onclick: () => this.#state && saveOverlay(this.#state),
          },
          'Save PNG',
        ),
        make(
          'button',
          {
            type: 'button',
            'data-testid': 'save-json',
            title: 'All figures, without the maps',
            onclick: () => this.#state && saveFigures(this.#state),
          },
          'Save JSON',
        ),
      ),
      make('div', { class: 'field' }, make('label', { for: 'opacity' }, 'Opacity', this.#amount), this.#opacity),
      make('div', { class: 'field' }, make('label', { for: 'color' }, 'Colors'), this.#color),
    );
  }

  /** @param {Partial<import('../state.js').ViewState>} view */
  #view(view) {
    this.send({ type: 'view-changed', view });
  }

  /** @param {import('../element.js').State} state @param {import('../element.js').State | null} before */
  update(state, before) {
    this.#state = state;
    const { result, view, engine } = state;
    this.hidden = !result;
    if (changed(state, before, (s) => s.engine.catalog)) {
      this.#color.replaceChildren(
        ...(engine.catalog?.colors ?? []).map(({ id, name }) => make('option', { value: id }, name)),
      );
    }
    if (changed(state, before, (s) => s.result) && result) {
      const maps = [...result.peers.map((p) => ({ id: p.id, name: short(p.name) })), { id: 'mutual', name: 'Mutual' }];
      this.#shown.replaceChildren(
        ...maps.map(({ id, name }) =>
          make(
            'button',
            { type: 'button', 'data-testid': `show-${id}`, 'data-id': id, onclick: () => this.#view({ shown: id }) },
            name,
          ),
        ),
      );
    }
    for (const button of this.#shown.querySelectorAll('button'))
      button.setAttribute('aria-pressed', String(button.dataset.id === view.shown));
    this.#opacity.value = String(view.opacity);
    this.#amount.textContent = percent(view.opacity).replace('.0', '');
    this.#color.value = view.color;
    this.#lines.checked = view.lines;
  }
}
