import { PageElement, changed, make } from '../../shared/element.js';
import { paintPatch, paintPlaces } from '../paint.js';
import { answerOf, toggled } from '../select.js';
import { BRUSH } from '../state.js';
import { t } from '../../words/index.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { Places } from '../state.js'
 */

/** Radius of the brush, as a fraction of the square. */
const RADIUS = 0.045;
/** Smaller boxes are clicks. */
const LEAST = 0.015;

/**
 * The layer over the image on which places are marked: by clicks, by dragging over regions, with a rectangle or a
 * brush; and by the space bar in the grid of regions below it. It lies in the viewer's square.
 */
export class PlacesLayer extends PageElement {
  #patch = make('canvas', { class: 'patch', 'aria-hidden': 'true', 'data-testid': 'patch' });
  #marks = make('canvas', { class: 'marks', 'aria-hidden': 'true' });
  /** @type {State | null} */
  #state = null;
  /** What is being drawn right now. @type {Places | null} */
  #draft = null;
  /** @type {{ x: number, y: number, adds: boolean } | null} */
  #start = null;
  /** Where the pointer was when the draft was last extended. */
  #last = { x: 0, y: 0 };

  connectedCallback() {
    this.replaceChildren(this.#patch, this.#marks);
    this.listen(this, 'pointerdown', (/** @type {PointerEvent} */ event) => event.button === 0 && this.#begin(event));
    this.listen(this, 'pointermove', (/** @type {PointerEvent} */ event) => this.#move(event));
    this.listen(this, 'pointerup', () => this.#end());
    this.listen(this, 'pointercancel', () => this.#drop());
    this.listen(this.parentElement, 'keydown', (/** @type {KeyboardEvent} */ event) => this.#key(event));
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    this.#state = state;
    const { whatIf, result } = state;
    this.hidden = !whatIf.on || !result;
    this.dataset.tool = whatIf.tool;
    if (!changed(state, before, (s) => [s.whatIf, s.result])) return;
    const answer = answerOf(whatIf);
    if (changed(state, before, (s) => [answerOf(s.whatIf)])) paintPatch(this.#patch, answer?.patch ?? null);
    // While a new answer is on its way, the old patch would show what is hidden no more.
    this.#patch.hidden = !answer || whatIf.answered !== whatIf.serial;
    if (!this.#draft) this.#paint(whatIf.places);
    this.#describe();
  }

  /** @param {Places} places */
  #paint(places) {
    const { result, whatIf } = /** @type {State} */ (this.#state);
    const veil = this.#draft !== null || Boolean(this.#patch.hidden);
    if (result) paintPlaces(this.#marks, places, { grid: result.grid, keep: whatIf.keep, veil });
  }

  /** Says of each region in the grid whether it is marked. */
  #describe() {
    const { whatIf } = /** @type {State} */ (this.#state);
    const word = t(whatIf.keep ? 'places.kept' : 'places.hidden');
    this.parentElement?.querySelectorAll('[role=gridcell]').forEach((cell, i) => {
      if (whatIf.on && whatIf.places.regions.includes(i)) cell.setAttribute('aria-description', word);
      else cell.removeAttribute('aria-description');
    });
  }

  /** @param {PointerEvent} event */
  #at(event) {
    const { left, top, width, height } = this.getBoundingClientRect();
    const inside = (/** @type {number} */ v) => Math.min(0.9999, Math.max(0, v));
    return { x: inside((event.clientX - left) / width), y: inside((event.clientY - top) / height) };
  }

  /** @param {{ x: number, y: number }} at */
  #regionAt({ x, y }) {
    const grid = this.#state?.result?.grid ?? 1;
    return Math.floor(y * grid) * grid + Math.floor(x * grid);
  }

  /** @param {PointerEvent} event */
  #begin(event) {
    const { whatIf } = /** @type {State} */ (this.#state);
    event.preventDefault(); // What drags here does not pan the image.
    this.setPointerCapture(event.pointerId);
    const at = this.#at(event);
    this.#start = { ...at, adds: !whatIf.places.regions.includes(this.#regionAt(at)) };
    this.#draft = whatIf.places;
    this.#last = at;
    this.#draw([at]);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const at = this.#at(event);
    if (this.#start) this.#draw([...(event.getCoalescedEvents?.() ?? []).map((point) => this.#at(point)), at]);
    const region = this.#regionAt(at);
    if (region !== this.#state?.view.region) this.send({ type: 'view-changed', view: { region } });
  }

  /** @param {{ x: number, y: number }[]} points where the pointer has been since the last drawing */
  #draw(points) {
    for (const at of points) {
      this.#draft = this.#extended(/** @type {Places} */ (this.#draft), at);
      this.#last = at;
    }
    this.#paint(/** @type {Places} */ (this.#draft));
  }

  /**
   * @param {Places} draft
   * @param {{ x: number, y: number }} at
   */
  #extended(draft, at) {
    const { whatIf } = /** @type {State} */ (this.#state);
    const start = /** @type {{ x: number, y: number, adds: boolean }} */ (this.#start);
    if (whatIf.tool === 'box') return { ...whatIf.places, boxes: [...whatIf.places.boxes, boxOf(start, at)] };
    // A quick hand leaves wide gaps between the places that the browser tells: the line between them counts.
    if (whatIf.tool === 'brush') return { ...draft, brush: brushed(draft.brush, this.#last, at) };
    const crossed = between(this.#last, at).map((point) => this.#regionAt(point));
    return crossed.reduce((d, region) => (d.regions.includes(region) === start.adds ? d : toggled(d, region)), draft);
  }

  #end() {
    const { whatIf } = /** @type {State} */ (this.#state);
    const [draft, start] = [this.#draft, this.#start];
    this.#drop();
    if (!draft || !start || draft === whatIf.places) return;
    const [x0, y0, x1, y1] = draft.boxes.at(-1) ?? [0, 0, 0, 0];
    const click = whatIf.tool === 'box' && (x1 - x0 < LEAST || y1 - y0 < LEAST);
    const boxes = whatIf.places.boxes.filter((box) => !holds(box, start));
    if (!click) this.send({ type: 'places-changed', places: draft });
    // A click takes away the boxes that it lies in.
    else if (boxes.length < whatIf.places.boxes.length) {
      this.send({ type: 'places-changed', places: { ...whatIf.places, boxes } });
    }
  }

  #drop() {
    this.#draft = null;
    this.#start = null;
    if (this.#state) this.#paint(this.#state.whatIf.places);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const cell = /** @type {Element} */ (event.target).closest('[role=gridcell]');
    if (!cell || (event.key !== ' ' && event.key !== 'Enter')) return;
    event.preventDefault();
    const cells = [...(cell.closest('[role=grid]')?.querySelectorAll('[role=gridcell]') ?? [])];
    const { whatIf } = /** @type {State} */ (this.#state);
    this.send({ type: 'places-changed', places: toggled(whatIf.places, cells.indexOf(cell)) });
  }
}

/**
 * @param {{ x: number, y: number }} a
 * @param {{ x: number, y: number }} b
 * @returns {[number, number, number, number]}
 */
const boxOf = (a, b) => [Math.min(a.x, b.x), Math.min(a.y, b.y), Math.max(a.x, b.x), Math.max(a.y, b.y)];

/**
 * @param {[number, number, number, number]} box
 * @param {{ x: number, y: number }} at
 */
const holds = ([x0, y0, x1, y1], { x, y }) => x0 <= x && x < x1 && y0 <= y && y < y1;

/**
 * The places on the way from `a` to `b`, `b` included, close enough to cross every region.
 * @param {{ x: number, y: number }} a
 * @param {{ x: number, y: number }} b
 */
function between(a, b) {
  const steps = Math.max(1, Math.ceil(Math.hypot(b.x - a.x, b.y - a.y) * 2 * BRUSH));
  const part = (/** @type {number} */ i) => (i + 1) / steps;
  return Array.from({ length: steps }, (_, i) => ({
    x: a.x + part(i) * (b.x - a.x),
    y: a.y + part(i) * (b.y - a.y),
  }));
}

/**
 * The cells with those within the brush's radius of the line from `a` to `b`.
 * @param {Uint8Array | null} cells
 * @param {{ x: number, y: number }} a
 * @param {{ x: number, y: number }} b
 */
function brushed(cells, a, b) {
  const next = cells ? cells.slice() : new Uint8Array(BRUSH * BRUSH);
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length2 = dx * dx + dy * dy;
  for (let i = 0; i < next.length; i += 1) {
    const [x, y] = [((i % BRUSH) + 0.5) / BRUSH - a.x, (Math.floor(i / BRUSH) + 0.5) / BRUSH - a.y];
    const along = length2 ? Math.min(1, Math.max(0, (x * dx + y * dy) / length2)) : 0;
    if (Math.hypot(x - along * dx, y - along * dy) <= RADIUS) next[i] = 1;
  }
  return next;
}
