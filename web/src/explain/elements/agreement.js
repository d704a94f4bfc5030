import { PageElement, changed, make } from '../../shared/element.js';
import { count, decimal, percent, short } from '../../shared/format.js';
import { paintRhoScale } from '../paint.js';
import { reliabilityPlot } from '../reliability.js';
import { heard, parts, t } from '../../words/index.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { Key } from '../../words/index.js'
 * @import { BundleInfo, Explanation, Trust } from 'peerlight'
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
      make('div', { class: 'head' }, make('h2', {}, t('agreement')), this.#number),
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
    this.#caution.textContent = heard(result.caution ?? '');
    this.#overlap.textContent = overlapInWords(result.overlap);
    // Of one network alone, that nothing is known of its agreement says nothing.
    this.#trust.textContent = agreement === null && !result.trust?.estimate ? '' : trustInWords(result.trust);
    this.#limits.textContent = heard(result.trust?.limits ?? '');
    this.#plot.replaceChildren(...(result.trust?.estimate ? [reliabilityPlot(result.trust.estimate)] : []));
    this.#text.textContent = agreement === null ? t('agreement.alone') : inWords(result);
    const { label, chosen } = result.target;
    const why = chosen ? t('agreement.chosen') : t('agreement.likeliest', { probabilities: probabilities(result) });
    const sentence = parts('agreement.class', { class: make('strong', {}, label), why });
    this.#class.replaceChildren(...sentence, others(result, state.engine.info));
  }
}

/**
 * What networks that lack the class explain in its place.
 * @param {Explanation} result
 * @param {BundleInfo | null} info
 */
function others({ peers }, info) {
  const lacking = peers.filter((peer) => !peer.has_target);
  if (!lacking.length) return '';
  const each = lacking.map(({ name, target }) => `${short(name)} (${target.label})`).join(', ');
  const rest = t(lacking.length === 1 ? 'agreement.lacks' : 'agreement.lack', { each });
  // All classes are one list, in which those of the same name are one.
  const apart = info?.classes.length === info?.peers.reduce((sum, peer) => sum + peer.classes, 0);
  return ` ${rest}${apart ? ` ${t('agreement.unlike')}` : ''}`;
}

/**
 * What agreement like this was worth, by its numbers where they are known, and else why they are not.
 * @param {Trust | null} trust
 */
function trustInWords(trust) {
  if (!trust?.estimate) return heard(trust?.sentence ?? '');
  const [rate, low, high] = [trust.estimate.rate, trust.estimate.low, trust.estimate.high].map((of) =>
    Math.round(100 * of),
  );
  return t('agreement.trust', { rate: rate ?? 0, low: low ?? 0, high: high ?? 0 });
}

/** @param {number | null} overlap */
const overlapInWords = (overlap) =>
  overlap === null ? '' : t('agreement.overlap', { overlap: percent(overlap), chance: percent(1 / 9) });

/** @type {Record<string, Key>} */
const EVIDENCE = {
  '': 'agreement.of-method',
  guided: 'agreement.guided',
  attention: 'agreement.attention',
  class: 'agreement.class-activation',
};

/** @param {Explanation} result */
function inWords({ regions, grid, settings, image }) {
  const all = regions.filter((r) => r.looks === 'all').length;
  const none = regions.filter((r) => r.looks === 'none').length;
  const flat = regions.filter((r) => r.constant).length;
  const crop = decimal(image.crop.side / Math.min(image.width, image.height));
  const { evidence: id = '' } = settings;
  const evidence = EVIDENCE[id] ? t(EVIDENCE[id]) : id;
  const text = t('agreement.mean', { grid, evidence, crop, all: count(all, 'region'), none });
  return flat ? `${text} ${t('agreement.flat', { n: flat })}` : text;
}

/** @param {Explanation} result */
const probabilities = ({ peers }) =>
  peers
    .filter((peer) => peer.has_target)
    .map(({ name, target }) => `${short(name)} ${percent(target.probability)}`)
    .join(', ');
