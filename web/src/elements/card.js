import { Part, changed, make } from '../element.js';
import { amount, passes, time } from '../format.js';
import { KINDS, cardOf } from '../gallery.js';
import { actsOf, boxesOf, columnsOf } from '../gallery-view.js';
import { paintMap, paintSquare, placeOf } from '../paint.js';
import { lutOf } from '../state.js';
import { Actions } from './actions.js';
import { Tuning } from './tuning.js';
import { verdict } from './verdict.js';

/** Pixels of a card's image: sharp at a card's width. */
const SIZE = 320;
/** @type {Record<import('../gallery.js').Kind, string>} */
const DOING = {
  map: 'Map',
  sanity: 'Shuffling the weights',
  figures: 'Figures',
  boxes: 'Box',
  again: 'Running it again',
  slow: 'Slow figures',
};

/** One method: its map over the image, what it cost, its figures, and what it shows and does not show. */
export class MethodCard extends Part {
  #method;
  #image = make('canvas', { role: 'img' });
  #overlay = make('canvas', { class: 'overlay', 'aria-hidden': 'true' });
  #frame = make('div', { class: 'target', hidden: true });
  #blank = make('span', { hidden: true }, 'Blank: nothing stands out');
  #mark = make(
    'span',
    { class: 'warning', hidden: true, 'data-testid': 'unchanged' },
    'Does not depend on the network',
  );
  #cost = make('p', { class: 'cost' });
  #figures = make('dl', { class: 'figures' });
  #bar = make('progress', { hidden: true });
  #step = make('span', { class: 'step', hidden: true });
  #error = make('p', { class: 'error', hidden: true });
  #sanity = make('div', { class: 'sanity' });
  #acts;
  #tuning;
  /** Something of this image is on the overlay. */
  #painted = false;

  /** @param {import('../gallery.js').Method} method */
  constructor(method) {
    super();
    this.#method = method;
    this.#acts = new Actions(this, method);
    this.#tuning = new Tuning(this, method);
  }

  connectedCallback() {
    if (this.childElementCount) return; // Moved, not new.
    const { id, name, family, shows, caveat, formula, paper, url } = this.#method;
    this.dataset.testid = `card-${id}`;
    this.#bar.setAttribute('aria-label', `Progress of ${name}`);
    const source = url ? make('a', { href: url, rel: 'noopener noreferrer' }, paper) : paper;
    const about = [
      ['Shows', shows],
      ['Does not show', caveat],
      ['Formula', make('span', { class: 'formula' }, formula)],
      ['From', source],
    ];
    this.append(
      make(
        'article',
        { 'aria-labelledby': `method-${id}` },
        make('header', {}, make('h3', { id: `method-${id}` }, name), make('span', { class: 'family' }, family)),
        make(
          'div',
          { class: 'over' },
          this.#image,
          this.#overlay,
          this.#frame,
          this.#mark,
          make('div', { class: 'strip' }, this.#blank, this.#step, this.#bar),
        ),
        make('div', { class: 'facts' }, this.#cost, this.#figures),
        this.#acts.node,
        make(
          'div',
          { class: 'more' },
          this.#error,
          this.#sanity,
          make(
            'details',
            {},
            make('summary', {}, 'What it shows'),
            make(
              'dl',
              { class: 'explained' },
              ...about.flatMap(([dt, dd]) => [make('dt', {}, dt ?? ''), make('dd', {}, dd ?? '')]),
            ),
          ),
          this.#tuning.node,
        ),
      ),
    );
  }

  /** @param {import('../element.js').State} state @param {import('../element.js').State | null} before */
  update(state, before) {
    const { id } = this.#method;
    this.#paint(state, before);
    this.#tuning.update(state);
    const parts = [
      (/** @type {typeof state} */ s) => s.gallery.cards[id],
      ...['box', 'slow', 'masking', 'peer'].map((key) => (/** @type {any} */ s) => s.gallery[key]),
    ];
    if (
      !changed(
        state,
        before,
        ...parts,
        (s) => s.result,
        (s) => s.engine.catalog,
      )
    )
      return;
    const card = cardOf(state.gallery, id);
    const { value } = card.map;
    this.dataset.phase = value ? 'done' : card.map.phase;
    this.#cost.replaceChildren(
      ...(value ? [make('span', {}, passes(value.cost)), make('span', { class: 'time' }, time(value.ms))] : []),
    );
    this.#figures.replaceChildren(
      ...columnsOf(state)
        .filter((c) => !c.cost)
        .map(({ key, name, help, better, unit, value: of }) => {
          const x = of(card);
          return make(
            'div',
            {
              title: `${help} ${better === 'higher' ? 'Higher' : 'Lower'} is better.`,
              'data-figure': key,
              'data-value': x ?? '',
            },
            make('dt', {}, name),
            make('dd', {}, amount(x, unit)),
          );
        }),
    );
    this.#progress(card);
    this.#acts.update(actsOf(state, this.#method));
    this.#mark.hidden = !card.sanity.value?.unchanged;
    this.#sanity.replaceChildren(...(card.sanity.value ? verdict(card.sanity.value) : []));
  }

  /** @param {import('../element.js').State} state @param {import('../element.js').State | null} before */
  #paint(state, before) {
    const { id, name } = this.#method;
    const { result, image, view } = state;
    const mapOf = (/** @type {typeof state} */ s) => cardOf(s.gallery, id).map.value;
    const [value, lut] = [mapOf(state), lutOf(state)];
    if (changed(state, before, (s) => s.image.preview)) this.#painted = false;
    if (
      result &&
      image.preview &&
      changed(
        state,
        before,
        (s) => s.image.preview,
        (s) => s.result,
      )
    )
      paintSquare(this.#image, image.preview, result, SIZE);
    if (value && lut && (!this.#painted || changed(state, before, mapOf, lutOf))) {
      paintMap(this.#overlay, value.map, value.side, lut);
      this.#painted = true;
    }
    this.#overlay.hidden = !this.#painted;
    this.#overlay.style.opacity = String(value ? view.opacity : view.opacity / 3); // Until the new map is there, the old one, paler.
    this.#blank.hidden = !value?.blank;
    if (changed(state, before, mapOf, (s) => s.image.preview)) {
      const says = value ? (value.blank ? 'blank' : `brightest ${placeOf(value.map, value.side)}`) : 'not made yet';
      this.#image.setAttribute('aria-label', `Map of ${name} over the image: ${says}`);
    }
    const [box] = boxesOf(state, 100);
    this.#frame.hidden = !box;
    if (box)
      Object.assign(this.#frame.style, {
        left: `${box[0]}%`,
        top: `${box[1]}%`,
        width: `${box[2] - box[0]}%`,
        height: `${box[3] - box[1]}%`,
      });
  }

  /** @param {import('../gallery.js').Card} card */
  #progress(card) {
    const running = KINDS.find((kind) => card[kind].phase === 'running');
    const waiting = KINDS.find((kind) => card[kind].phase === 'waiting');
    const step = running && card[running].step;
    this.#step.textContent = running
      ? `${DOING[running]}${step && step.total > 1 ? `: ${step.done} of ${step.total}` : ' …'}`
      : waiting
        ? `${DOING[waiting]}: waiting`
        : '';
    this.#step.hidden = !this.#step.textContent;
    this.#bar.hidden = !running;
    if (step) Object.assign(this.#bar, { max: step.total || 1, value: step.done });
    else this.#bar.removeAttribute('value');
    const failed = KINDS.map((kind) => card[kind].error).find(Boolean);
    this.#error.hidden = !failed;
    this.#error.textContent = failed ? `${failed.message} ${failed.help}` : '';
  }
}
