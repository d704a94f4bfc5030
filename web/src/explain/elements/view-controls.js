import { PageElement, changed, make } from '../../shared/element.js';
import { percent, short } from '../../shared/format.js';
import { saveNumbers, saveOverlay } from '../save.js';
import { overlayOf } from '../select.js';
import { share, t } from '../../words/index.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { ViewState } from '../state.js'
 */

/** How the result is shown. None of this computes anything anew. */
export class ViewControls extends PageElement {
  /** @type {State | null} */
  #state = null;
  #shown = make('div', { class: 'segments', role: 'group', 'aria-label': t('maps.over') });
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
      'aria-label': t('view.numbers'),
      onchange: () => this.#view({ numbers: /** @type {ViewState['numbers']} */ (this.#numbers.value) }),
    },
    make('option', { value: 'attention' }, t('view.attention')),
    make('option', { value: 'correlation' }, t('view.correlation')),
  );
  #regions = make(
    'div',
    { class: 'check' },
    make('label', { class: 'check' }, this.#lines, make('span', {}, t('view.lines'))),
    this.#numbers,
  );

  connectedCallback() {
    this.replaceChildren(
      this.#shown,
      this.#regions,
      make('div', { class: 'saves' }, this.#save('png', saveOverlay), this.#save('json', saveNumbers)),
      make(
        'div',
        { class: 'field' },
        make('label', { for: 'opacity' }, t('view.opacity'), this.#amount),
        this.#opacity,
      ),
      make('div', { class: 'field' }, make('label', { for: 'color' }, t('view.colors')), this.#color),
    );
  }

  /**
   * @param {'png' | 'json'} kind
   * @param {(state: State) => void} save
   */
  #save(kind, save) {
    const onclick = () => this.#state && save(this.#state);
    const props = { type: 'button', 'data-testid': `save-${kind}`, title: t(`view.save-${kind}.title`), onclick };
    return make('button', props, t(`view.save-${kind}`));
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
      this.#color.replaceChildren(
        ...colors.map(({ id, name }) =>
          make('option', { value: id }, id === 'turbo' ? t('view.not-for-judging', { name }) : name),
        ),
      );
    }
    if (result && changed(state, before, (s) => [s.result])) {
      const maps = [
        ...result.peers.map(({ id, name }) => ({ id, name: short(name) })),
        { id: 'mutual', name: t('maps.mutual-short') },
      ];
      const image = { id: 'image', name: t('view.image') };
      const choices = result.peers.length > 1 ? [...maps, image] : [{ id: 'mutual', name: t('view.map') }, image];
      this.#shown.replaceChildren(...choices.map((map) => this.#choice(map)));
      this.#regions.hidden = !result.regions.length;
    }
    for (const button of this.#shown.querySelectorAll('button')) {
      button.setAttribute('aria-pressed', String(button.dataset.id === view.shown));
    }
    const { color, opacity } = overlayOf(state);
    this.#opacity.value = String(opacity);
    this.#amount.textContent = share(100 * opacity, 1, 0);
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
