import { about } from '../shared/format.js';
import { timeOf } from './cost.js';
import { metricsOf } from './select.js';
import { cardOf, isOpen, KINDS } from './work.js';
import { t } from '../words/index.js';

/**
 * @import { Action, State } from '../app/state.js'
 * @import { Kind } from './work.js'
 * @import { Method } from 'peerlight'
 */

/** A time above which a button tells how long its work will take. */
const LONG_MS = 10_000;

/** @typedef {{ id: 'run' | 'stop' | 'again' | 'sanity', text: string, action: Action }} Offer what a button offers */

/**
 * What can be done about a card now.
 * @param {State} state
 * @param {Method} method
 * @returns {Offer[]}
 */
export function offersOf(state, method) {
  const { id } = method;
  const card = cardOf(state.comparison, id);
  const takes = (/** @type {Kind} */ kind) => about(timeOf(state, kind, method));
  const ask = (/** @type {Kind} */ kind) => ({ type: /** @type {const} */ ('work-ask'), id, kind });

  if (Object.values(card).some((work) => isOpen(work.phase))) {
    return [{ id: 'stop', text: t('offer.stop'), action: { type: 'work-stop', id } }];
  }
  if (!card.map.value) return [{ id: 'run', text: t('offer.run', { time: takes('map') }), action: ask('map') }];
  const left = KINDS.find((kind) => card[kind].phase === 'stopped' || card[kind].phase === 'failed');
  if (left) return [{ id: 'run', text: t('offer.continue'), action: ask(left) }];

  /** @type {Offer[]} */
  const offers = [];
  const again = metricsOf(state, 'again', method).map((metric) => metric.name);
  if (again.length && !card.again.value) {
    offers.push({
      id: 'again',
      text: t('offer.again', { metrics: again.join(', '), time: takes('again') }),
      action: ask('again'),
    });
  }
  if (!card.sanity.value) {
    const long = timeOf(state, 'sanity', method) > LONG_MS ? 'offer.sanity-long' : 'offer.sanity';
    offers.push({ id: 'sanity', text: t(long, { time: takes('sanity') }), action: ask('sanity') });
  }
  return offers;
}
