import { PageElement, changed, make } from '../../shared/element.js';
import { percent, short } from '../../shared/format.js';
import { saveNumbers, saveOverlay } from '../save.js';
import { overlayOf } from '../select.js';
import { ATTENTION, CORRELATION, IMAGE, MAP, NUMBERS, REGIONS, colorName } from '../words.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { ViewState } from '../state.js'
 */

/** How the result is shown. None of this computes anything anew. */
export class ViewControls extends PageElement {
  /** @type {State | null} */
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

  #numbers = make(
    'select',
    {
      id: 'numbers',
      'data-testid': 'numbers',
      'aria-label': NUMBERS,
      onchange: () => this.#view({ numbers: /** @type {ViewState['numbers']} */ (this.#numbers.value) }),
    },
    make('option', { value: 'attention' }, ATTENTION),
    make('option', { value: 'correlation' }, CORRELATION),
  );
  #regions = make(
    'div',
    { class: 'check' },
    make('label', { class: 'check' }, this.#lines, make('span', {}, REGIONS)),
    this.#numbers,
  );

  connectedCallback() {
    this.replaceChildren(
      this.#shown,
      this.#regions,
      make(
        'div',
        { class: 'saves' },
        this.#save('PNG', 'The image with the map, as shown', saveOverlay),
        this.#save('JSON', 'All numbers, without the maps', saveNumbers),
      ),
      make('div', { class: 'field' }, make('label', { for: 'opacity' }, 'Opacity', this.#amount), this.#opacity),
      make('div', { class: 'field' }, make('label', { for: 'color' }, 'Colors'), this.#color),
    );
  }

  /**
   * @param {string} kind
   * @param {string} title
   * @param {(state: State) => void} save
   */
  #save(kind, title, save) {
    const onclick = () => this.#state && save(this.#state);
    const props = { type: 'button', 'data-testid': `save-${kind.toLowerCase()}`, title, onclick };
    return make('button', props, `Save ${kind}`);
  }

  /** @param {Partial<ViewState>} view */
  #view(view) {
    this.send({ type: 'view-changed', view });
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    this.#state = state;
    const { result, view, engine } = state;
    this.hidden = !result;
    if (changed(state, before, (s) => [s.engine.catalog])) {
      const colors = engine.catalog?.colors ?? [];
      this.#color.replaceChildren(...colors.map(({ id, name }) => make('option', { value: id }, colorName(id, name))));
    }
    if (result && changed(state, before, (s) => [s.result])) {
      const maps = [
        ...result.peers.map(({ id, name }) => ({ id, name: short(name) })),
        { id: 'mutual', name: 'Mutual' },
      ];
      const image = { id: 'image', name: IMAGE };
      const choices = result.peers.length > 1 ? [...maps, image] : [{ id: 'mutual', name: MAP }, image];
      this.#shown.replaceChildren(...choices.map((map) => this.#choice(map)));
      this.#regions.hidden = !result.regions.length;
    }
    for (const button of this.#shown.querySelectorAll('button')) {
      button.setAttribute('aria-pressed', String(button.dataset.id === view.shown));
    }
    const { color, opacity } = overlayOf(state);
    this.#opacity.value = String(opacity);
    this.#amount.textContent = percent(opacity).replace('.0', '');
    this.#color.value = color;
    this.#lines.checked = view.lines;
    this.#numbers.value = view.numbers;
    this.#numbers.disabled = !view.lines;
  }

  /** @param {{ id: string, name: string }} map */
  #choice({ id, name }) {
    const onclick = () => this.#view({ shown: id });
    return make('button', { type: 'button', 'data-testid': `show-${id}`, 'data-id': id, onclick }, name);
  }
}
