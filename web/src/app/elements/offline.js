import { PageElement, changed, make } from '../../shared/element.js';
import { offlineNote } from '../host.js';
import { t } from '../../words/index.js';

/** @import { State } from '../state.js' */

/** Says that the network is gone, and offers a newer version of the page. */
export class OfflineLine extends PageElement {
  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    if (!changed(state, before, (s) => [s.host, s.engine.phase])) return;
    const { update, updating } = state.host;
    const note = offlineNote(state);
    const button = make(
      'button',
      {
        type: 'button',
        'data-testid': 'update',
        disabled: updating,
        onclick: () => this.send({ type: 'update-wanted' }),
      },
      t('update.take'),
    );
    const lines = [
      note && make('p', { role: 'status', 'data-testid': 'offline' }, note),
      update && make('p', { role: 'status' }, t('update.there'), button),
    ];
    this.hidden = !lines.some(Boolean);
    this.replaceChildren(...lines.filter((line) => line instanceof Node));
  }
}
