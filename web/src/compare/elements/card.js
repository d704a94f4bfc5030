import { PageElement, changed, make, place, setProgress } from '../../shared/element.js';
import { amount, passes, time } from '../../shared/format.js';
import { paintMap, paintSquare } from '../../shared/paint.js';
import { lutOf, overlayOf } from '../../explain/select.js';
import { Buttons } from '../buttons.js';
import { headOf, hintOf, scoreColumns } from '../columns.js';
import { boxesOf } from '../select.js';
import { Tuning } from '../tuning.js';
import { verdictOn } from '../verdict.js';
import { cardOf, KINDS } from '../work.js';
import { t } from '../../words/index.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { Column } from '../columns.js'
 * @import { Card, Kind } from '../work.js'
 * @import { Explanation, Method } from 'peerlight'
 */

/** Pixels of a card's image: sharp at a card's width. */
const SIZE = 320;
/** @type {Record<Kind, string>} */

/** One method: its map over the image, what it cost, its scores, and what it shows and does not show. */
export class MethodCard extends PageElement {
  #method;
  #image = make('canvas', { role: 'img' });
  #overlay = make('canvas', { class: 'overlay', 'aria-hidden': 'true' });
  #frame = make('div', { class: 'target', hidden: true });
  #blank = make('span', { hidden: true }, t('maps.blank'));
  #mark = make('span', { class: 'warning', hidden: true, 'data-testid': 'unchanged' }, t('card.unchanged'));
  #cost = make('p', { class: 'cost' });
  #scores = make('dl', { class: 'scores' });
  #bar = make('progress', { hidden: true });
  #step = make('span', { class: 'step', hidden: true });
  #error = make('p', { class: 'error', hidden: true });
  #sanity = make('div', { class: 'sanity' });
  #buttons;
  #tuning;
  /** Whether something of this image is on the overlay. */
  #painted = false;

  /** @param {Method} method */
  constructor(method) {
    super();
    this.#method = method;
    this.#buttons = new Buttons(this, method);
    this.#tuning = new Tuning(this, method);
  }

  connectedCallback() {
    if (this.childElementCount) return; // Moved, not new.
    const { id, name, family } = this.#method;
    this.dataset.testid = `card-${id}`;
    this.#bar.setAttribute('aria-label', t('card.progress', { name }));
    const strip = make('div', { class: 'strip' }, this.#blank, this.#step, this.#bar);
    this.append(
      make(
        'article',
        { 'aria-labelledby': `method-${id}` },
        make(
          'header',
          {},
          make('h3', { id: `method-${id}` }, name),
          make('span', { class: 'family' }, t(`family.${family}`)),
        ),
        make('div', { class: 'over' }, this.#image, this.#overlay, this.#frame, this.#mark, strip),
        make('div', { class: 'facts' }, this.#cost, this.#scores),
        this.#buttons.node,
        make('div', { class: 'more' }, this.#error, this.#sanity, aboutMethod(this.#method), this.#tuning.node),
      ),
    );
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    const { id } = this.#method;
    this.#paint(state, before);
    this.#place(state);
    this.#tuning.update(state);
    const shown = (/** @type {State} */ { comparison, result, engine }) => {
      const { cards, box, slow, masking, peer } = comparison;
      return [cards[id], box, slow, masking, peer, result, engine.catalog];
    };
    if (!changed(state, before, shown)) return;
    const card = cardOf(state.comparison, id);
    const { value } = card.map;
    this.dataset.phase = value ? 'done' : card.map.phase;
    this.#cost.replaceChildren(...(value ? costOf(value) : []));
    this.#scores.replaceChildren(...scoreColumns(state).map((column) => scoreIn(column, card)));
    this.#progress(card);
    this.#buttons.update(state);
    this.#mark.hidden = !card.sanity.value?.unchanged;
    this.#sanity.replaceChildren(...(card.sanity.value ? verdictOn(card.sanity.value) : []));
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  #paint(state, before) {
    const { id, name } = this.#method;
    const { result, image } = state;
    const mapOf = (/** @type {State} */ { comparison }) => cardOf(comparison, id).map.value;
    const [value, lut] = [mapOf(state), lutOf(state)];
    if (changed(state, before, (s) => [s.image.preview])) this.#painted = false;
    if (result && image.preview && changed(state, before, (s) => [s.image.preview, s.result])) {
      paintSquare(this.#image, image.preview, result.image, result.image.crop, SIZE);
    }
    if (value && lut && (!this.#painted || changed(state, before, (s) => [mapOf(s), lutOf(s)]))) {
      paintMap(this.#overlay, value.map, lut, value.side);
      this.#painted = true;
    }
    const { opacity } = overlayOf(state);
    this.#overlay.hidden = !this.#painted;
    this.#overlay.style.opacity = String(value ? opacity : opacity / 3); // Paler while the new map is not there yet.
    this.#blank.hidden = !value?.blank;
    if (changed(state, before, (s) => [mapOf(s), s.image.preview])) {
      this.#image.setAttribute('aria-label', t('card.map', { name, what: mapInWords(value) }));
    }
  }

  /** @param {State} state */
  #place(state) {
    const [box] = boxesOf(state, 100);
    this.#frame.hidden = !box;
    if (!box) return;
    const [left, top, right, bottom] = box;
    place(this.#frame, { left, top, width: right - left, height: bottom - top });
  }

  /** @param {Card} card */
  #progress(card) {
    const running = KINDS.find((kind) => card[kind].phase === 'running');
    const waiting = KINDS.find((kind) => card[kind].phase === 'waiting');
    const step = running ? card[running].step : null;
    let text = waiting ? t('card.waiting', { work: t(`work.${waiting}`) }) : '';
    if (running) {
      const work = t(`work.${running}`);
      const far = step && step.total > 1 ? { work, done: step.done, total: step.total } : null;
      text = far ? t('card.far', far) : t('card.running', { work });
    }
    this.#step.textContent = text;
    this.#step.hidden = !text;
    this.#bar.hidden = !running;
    setProgress(this.#bar, step && { value: step.done, max: step.total || 1 });
    const failed = KINDS.map((kind) => card[kind].error).find(Boolean);
    this.#error.hidden = !failed;
    this.#error.textContent = failed ? `${failed.message} ${failed.help}` : '';
  }
}

/** @param {Method} method */
function aboutMethod({ shows, caveat, formula, paper, url }) {
  const rows = [
    [t('card.shows'), shows],
    [t('card.limits'), caveat],
    [t('card.formula'), make('span', { class: 'formula' }, formula)],
    [t('card.from'), url ? make('a', { href: url, rel: 'noopener noreferrer', lang: 'en' }, paper) : paper],
  ];
  const items = rows.flatMap(([term = '', text = '']) => [make('dt', {}, term), make('dd', {}, text)]);
  return make('details', {}, make('summary', {}, t('card.about')), make('dl', { class: 'explained' }, ...items));
}

/** @param {Explanation} map */
function costOf({ cost, ms }) {
  const all = t('passes', { n: amount(cost.forward + cost.partial + cost.backward, 'passes') });
  return [make('span', { title: passes(cost) }, all), make('span', { class: 'time' }, time(ms))];
}

/**
 * @param {Column} column
 * @param {Card} card
 */
function scoreIn(column, card) {
  const value = column.value(card);
  const props = { title: hintOf(column), 'data-figure': column.key, 'data-value': value ?? '' };
  return make('div', props, make('dt', {}, headOf(column)), make('dd', {}, amount(value, column.unit)));
}

/** @param {Explanation | null} value */
function mapInWords(value) {
  if (!value) return t('card.unmade');
  return value.blank ? t('card.blank') : t('card.brightest', { where: placeOf(value.map, value.side) });
}

/**
 * Where a map is brightest, in words.
 * @param {Float32Array} map
 * @param {number} side
 */
function placeOf(map, side) {
  const at = map.indexOf(map.reduce((a, b) => Math.max(a, b), 0));
  const third = (/** @type {number} */ v) => Math.min(2, Math.floor((3 * v) / side));
  const row = [t('card.top'), '', t('card.bottom')][third(Math.floor(at / side))];
  const column = [t('card.left'), '', t('card.right')][third(at % side)];
  return [row, column].filter(Boolean).join(' ') || t('card.middle');
}
