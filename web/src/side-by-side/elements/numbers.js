import { PageElement, changed, headRow, make, tableRow } from '../../shared/element.js';
import { decimal, percent, short } from '../../shared/format.js';
import { bothOf, comparable, sharedMaps } from '../select.js';
import { answerOf, changeOf } from '../words.js';
import { t } from '../../words/index.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { Explanation } from 'peerlight'
 */

/** The numbers of both sides beside each other, and the correlation of their maps. */
export class Numbers extends PageElement {
  #head = make('thead', {}, headRow([t('sides.number'), t('sides.left'), t('sides.right'), t('sides.change')]));
  #body = make('tbody');
  #maps = make('tbody');

  connectedCallback() {
    const table = make('table', {}, make('caption', {}, t('sides.numbers')), this.#head, this.#body, this.#maps);
    const props = {
      class: 'scroll',
      tabindex: 0,
      role: 'region',
      'aria-label': t('sides.numbers'),
      'data-testid': 'sides-numbers',
    };
    this.replaceChildren(make('div', props, table));
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    const both = bothOf(state);
    this.hidden = !both;
    if (!both || !changed(state, before, (s) => [s.sides.result])) return;
    const { left, right } = both;
    this.#body.replaceChildren(
      ...probabilities(left, right, state.sides.other?.kind === 'image'),
      row(t('sides.agreement'), left.agreement, right.agreement, 'plain'),
      row(t('sides.overlap'), left.overlap, right.overlap, 'points'),
    );
    const maps = comparable(state) ? sharedMaps(left, right) : [];
    this.#maps.replaceChildren(
      ...maps.map(({ id, name, rho }) => {
        const head = t('sides.maps-alike', { name: id === 'mutual' && !name ? t('sides.mutual') : short(name) });
        return tableRow({ head, cells: ['', '', rho === null ? '–' : decimal(rho)] });
      }),
    );
  }
}

/**
 * Networks that both sides have are in one row, with the class of the right side where it is another.
 * @param {Explanation} left
 * @param {Explanation} right
 * @param {boolean} apart whether two classes have nothing to do with each other
 */
function probabilities(left, right, apart) {
  const rows = left.peers.map((peer) => {
    const other = right.peers.find(({ id }) => id === peer.id);
    const same = other?.target.label === peer.target.label;
    const name = other && !same ? `${answerOf(peer)} | ${other.target.label}` : answerOf(peer);
    return row(name, peer.target.probability, other?.target.probability ?? null, 'points', same || !apart);
  });
  const rest = right.peers.filter((peer) => !left.peers.some(({ id }) => id === peer.id));
  return [...rows, ...rest.map((peer) => row(answerOf(peer), null, peer.target.probability, 'points'))];
}

/**
 * @param {string} head
 * @param {number | null} a
 * @param {number | null} b
 * @param {'points' | 'plain'} unit
 * @param {boolean} [alike] whether a change between the two means something
 */
function row(head, a, b, unit, alike = true) {
  const text = (/** @type {number | null} */ x) => (x === null ? '–' : unit === 'points' ? percent(x) : decimal(x));
  return tableRow({ head, cells: [text(a), text(b), alike ? changeOf(a, b, unit) : '–'] });
}
