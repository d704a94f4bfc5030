import { PageElement, changed, make } from '../../shared/element.js';
import { count, decimal, percent, short } from '../../shared/format.js';
import { paintRhoScale } from '../paint.js';
import { reliabilityPlot } from '../reliability.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { Explanation } from 'peerlight'
 */

/** The agreement as one number on its scale, and what it is made of. */
export class AgreementCard extends PageElement {
  #number = make('p', { class: 'number', 'data-testid': 'agreement' });
  #mark = make('span', { class: 'mark' });
  #scale = make('canvas');
  #text = make('p', { class: 'quiet' });
  #caution = make('p', { class: 'caution', 'data-testid': 'caution' });
  #overlap = make('p', { 'data-testid': 'overlap' });
  #trust = make('p', { class: 'trust', 'data-testid': 'trust' });
  #plot = make('div');
  #limits = make('p', { class: 'quiet', 'data-testid': 'trust-limits' });
  #class = make('p', { class: 'aim', 'data-testid': 'aim' });

  connectedCallback() {
    paintRhoScale(this.#scale);
    const ends = ['−1', '0', '1'].map((end) => make('span', {}, end));
    const bar = make('div', { class: 'bar' }, this.#scale, this.#mark);
    this.replaceChildren(
      this.#caution,
      make('div', { class: 'head' }, make('h2', {}, 'Local agreement'), this.#number),
      make('div', { class: 'scale', 'aria-hidden': 'true' }, bar, make('div', { class: 'ends' }, ...ends)),
      this.#overlap,
      this.#trust,
      this.#plot,
      this.#limits,
      this.#text,
      this.#class,
    );
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    if (!changed(state, before, (s) => [s.result])) return;
    const { result } = state;
    this.hidden = !result;
    if (!result) return;
    const agreement = result.agreement ?? 0;
    this.#number.textContent = decimal(agreement);
    this.#mark.style.left = `${50 * (1 + agreement)}%`;
    this.#caution.hidden = !result.caution;
    this.#caution.textContent = result.caution ?? '';
    this.#overlap.textContent = overlapInWords(result.overlap);
    this.#trust.textContent = result.trust?.sentence ?? '';
    this.#limits.textContent = result.trust?.limits ?? '';
    this.#plot.replaceChildren(...(result.trust?.estimate ? [reliabilityPlot(result.trust.estimate)] : []));
    this.#text.textContent = inWords(result);
    const { label, chosen } = result.target;
    const why = chosen ? 'chosen by you' : `the class with the highest average probability (${probabilities(result)})`;
    this.#class.replaceChildren('Class: ', make('strong', {}, label), `, ${why}.`);
  }
}

/** @param {number | null} overlap */
const overlapInWords = (overlap) =>
  overlap === null
    ? ''
    : `The brightest fifths of the maps overlap by ${percent(overlap)} (unrelated maps: about ${percent(1 / 9)}).`;

/** @param {Explanation} result */
function inWords({ regions, grid, settings, image }) {
  const all = regions.filter((r) => r.looks === 'all').length;
  const none = regions.filter((r) => r.looks === 'none').length;
  const flat = regions.filter((r) => r.constant).length;
  const crop = decimal(image.crop.side / Math.min(image.width, image.height));
  const text =
    `The average correlation over ${grid} x ${grid} regions (evidence: ${settings.evidence ?? 'of the method'}; ` +
    `crop ${crop}). All networks look at ${count(all, 'region')}, none at ${none}.`;
  return flat ? `${text} ${count(flat, 'flat region')} ${flat === 1 ? 'counts' : 'count'} as 0.` : text;
}

/** @param {Explanation} result */
const probabilities = ({ peers }) =>
  peers.map(({ name, target }) => `${short(name)} ${percent(target.probability)}`).join(', ');
