import { PageElement, changed, headRow, make, setText, tableRow } from '../../shared/element.js';
import { decimal, percent, short } from '../../shared/format.js';
import { answerOf, isSomewhere } from '../select.js';
import { sentence } from '../words.js';
import { t } from '../../words/index.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { PeerAnswer, WhatIfResult } from 'peerlight'
 */

/** The columns of the table. */
const HEADS = /** @type {const} */ ([
  'what-if.head-before',
  'what-if.head-after',
  'what-if.head-odds',
  'what-if.head-after',
]);

/** What the networks say before and after: as a sentence, as bars and as numbers. */
export class AnswerCard extends PageElement {
  #title = make('h2', {}, t('what-if'));
  #sentence = make('p', { class: 'sentence', role: 'status', 'data-testid': 'what-if-sentence' }, t('what-if.empty'));
  #peers = make('div', { class: 'peers', 'data-testid': 'what-if-bars' });
  #error = make('p', { class: 'error', role: 'alert', hidden: true });
  #body = make('tbody', { 'data-testid': 'what-if-table' });

  connectedCallback() {
    const caption = make('caption', {}, t('what-if.table'));
    const head = make('thead', {}, headRow([t('matrix.network'), ...HEADS.map((key) => t(key))]));
    const table = make('table', {}, caption, head, this.#body);
    const details = make('details', {}, make('summary', {}, t('what-if.numbers')), table);
    this.replaceChildren(this.#title, this.#sentence, this.#peers, this.#error, details);
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    const { whatIf, result } = state;
    this.hidden = !whatIf.on || !result;
    if (this.hidden || !result || !changed(state, before, (s) => [s.whatIf, s.result])) return;
    this.#error.hidden = !whatIf.error;
    if (whatIf.error) setText(this.#error, `${whatIf.error.message} ${whatIf.error.help}`);
    const answer = answerOf(whatIf);
    this.classList.toggle('empty', !answer);
    if (!isSomewhere(whatIf.places)) return setText(this.#sentence, t('what-if.empty'));
    if (!answer || whatIf.answered !== whatIf.serial) return;
    setText(this.#sentence, sentence(result, whatIf.places, whatIf.keep, answer));
    this.#peers.replaceChildren(...answer.peers.map((peer, k) => bars(peer, k)));
    this.#body.replaceChildren(...rows(answer));
  }
}

/**
 * @param {PeerAnswer} peer
 * @param {number} k
 */
function bars({ name, before, after }, k) {
  const bar = (/** @type {string} */ word, /** @type {number} */ p) => {
    const fill = make('span', { class: 'fill' });
    fill.style.width = `${100 * p}%`;
    return make(
      'div',
      { class: 'bar', 'data-probability': p },
      make('span', {}, word),
      make('span', { class: 'track', 'aria-hidden': 'true' }, fill),
      make('b', {}, percent(p)),
    );
  };
  const now = after.top[0];
  const says = now ? t('what-if.says', { label: now.label, probability: percent(now.probability) }) : '';
  return make(
    'section',
    { 'data-peer': k },
    make('h3', {}, short(name), make('small', {}, says)),
    bar(t('what-if.before'), before.probability),
    bar(t('what-if.after'), after.probability),
  );
}

/** @param {WhatIfResult} answer */
function rows({ peers, agreement_before, agreement_after }) {
  const own = peers.map(({ name, before, after }) => {
    const cells = [percent(before.probability), percent(after.probability)];
    return tableRow({ head: short(name), cells: [...cells, decimal(before.log_odds), decimal(after.log_odds)] });
  });
  if (agreement_before === null || agreement_after === null) return own;
  const cells = [decimal(agreement_before), decimal(agreement_after), '', ''];
  return [...own, tableRow({ head: t('what-if.head-agreement'), cells })];
}
