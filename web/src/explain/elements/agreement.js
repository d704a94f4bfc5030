import { PageElement, changed, make } from '../../shared/element.js';
import { count, decimal, percent, short } from '../../shared/format.js';
import { paintRhoScale } from '../paint.js';
import { reliabilityPlot } from '../reliability.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { BundleInfo, Explanation } from 'peerlight'
 */

/** The agreement as one number on its scale, and what it is made of. */
export class AgreementCard extends PageElement {
  #number = make('p', { class: 'number', 'data-testid': 'agreement' });
  #mark = make('span', { class: 'mark' });
  #bar = make('canvas');
  #scale = make('div', { class: 'scale', 'aria-hidden': 'true' });
  #text = make('p', { class: 'quiet' });
  #caution = make('p', { class: 'caution', 'data-testid': 'caution' });
  #overlap = make('p', { 'data-testid': 'overlap' });
  #trust = make('p', { class: 'trust', 'data-testid': 'trust' });
  #plot = make('div');
  #limits = make('p', { class: 'quiet', 'data-testid': 'trust-limits' });
  #class = make('p', { class: 'aim', 'data-testid': 'aim' });

  connectedCallback() {
    paintRhoScale(this.#bar);
    const ends = ['−1', '0', '1'].map((end) => make('span', {}, end));
    const bar = make('div', { class: 'bar' }, this.#bar, this.#mark);
    this.#scale.append(bar, make('div', { class: 'ends' }, ...ends));
    this.replaceChildren(
      this.#caution,
      make('div', { class: 'head' }, make('h2', {}, 'Local agreement'), this.#number),
      this.#scale,
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
    const { agreement } = result;
    this.#number.textContent = agreement === null ? '–' : decimal(agreement);
    this.#scale.hidden = agreement === null;
    this.#mark.style.left = `${50 * (1 + (agreement ?? 0))}%`;
    this.#caution.hidden = !result.caution;
    this.#caution.textContent = result.caution ?? '';
    this.#overlap.textContent = overlapInWords(result.overlap);
    this.#trust.textContent = result.trust?.sentence ?? '';
    this.#limits.textContent = result.trust?.limits ?? '';
    this.#plot.replaceChildren(...(result.trust?.estimate ? [reliabilityPlot(result.trust.estimate)] : []));
    this.#text.textContent = agreement === null ? ALONE : inWords(result);
    const { label, chosen } = result.target;
    const why = chosen ? 'chosen by you' : `the class with the highest average probability (${probabilities(result)})`;
    this.#class.replaceChildren('Class: ', make('strong', {}, label), `, ${why}.${others(result, state.engine.info)}`);
  }
}

const ALONE = 'One network alone has nothing to agree with. Open a second one to compare their maps.';

const UNLIKE = ' No class of these networks has the same name, so their maps are for different things.';

/**
 * What networks that lack the class explain in its place.
 * @param {Explanation} result
 * @param {BundleInfo | null} info
 */
function others({ peers }, info) {
  const lacking = peers.filter((peer) => !peer.has_target);
  if (!lacking.length) return '';
  const each = lacking.map(({ name, target }) => `${short(name)} (${target.label})`).join(', ');
  const one = lacking.length === 1;
  const rest = one
    ? 'has no such class and explains its own first one'
    : 'lack that class and explain their own first ones';
  // All classes are one list, in which those of the same name are one.
  const apart = info?.classes.length === info?.peers.reduce((sum, peer) => sum + peer.classes, 0);
  return ` ${each} ${rest}.${apart ? UNLIKE : ''}`;
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
  peers
    .filter((peer) => peer.has_target)
    .map(({ name, target }) => `${short(name)} ${percent(target.probability)}`)
    .join(', ');
