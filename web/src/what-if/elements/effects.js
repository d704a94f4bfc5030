import { PageElement, changed, make, setProgress } from '../../shared/element.js';
import { short, time } from '../../shared/format.js';
import { paintEffects } from '../paint.js';
import { effectsInWords } from '../words.js';
import { t, within } from '../../words/index.js';

/** @import { State } from '../../app/state.js' */

/** The effect of hiding every region, network by network, under the networks' maps. */
export class EffectMaps extends PageElement {
  #start = make('button', { type: 'button', 'data-testid': 'effects', onclick: () => this.#press() });
  #bar = make('progress', { 'aria-label': t('progress'), hidden: true });
  #tiles = make('div', { class: 'tiles' });
  #note = make('p', { class: 'quiet', role: 'status', 'data-testid': 'effects-note' });
  #running = false;

  connectedCallback() {
    const lede = make('p', { class: 'lede' }, t('effects.lede'));
    const head = make('div', { class: 'head' }, make('h3', {}, t('effects')), this.#start);
    this.replaceChildren(head, lede, this.#bar, this.#note, this.#tiles);
  }

  #press() {
    this.send({ type: this.#running ? 'effects-cancel' : 'effects-asked' });
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    const { result, whatIf, engine } = state;
    this.hidden = !result;
    if (!result || !changed(state, before, (s) => [s.result, s.whatIf.effects, s.whatIf.baseline])) return;
    const { phase, step, error, result: measured } = whatIf.effects;
    this.#running = phase === 'running';
    const passes = result.grid ** 2 * result.peers.length;
    this.#start.textContent = this.#running ? t('effects.stop') : t('effects.measure', { n: passes });
    this.#start.hidden = phase === 'done';
    this.#bar.hidden = !this.#running;
    setProgress(this.#bar, step ? { value: step.done, max: step.total } : null);
    const baseline = within(engine.catalog?.baselines.find(({ id }) => id === whatIf.baseline)?.name ?? '');
    const took = measured ? t('effects.took', { baseline, time: time(measured.ms) }) : '';
    this.#note.textContent = error && error.code !== 'cancelled' ? error.message : took;
    this.#tiles.hidden = !measured;
    if (!measured) return this.#tiles.replaceChildren();
    const tiles = measured.peers.map(({ id, name, effects }, k) => {
      if (!effects) return make('span');
      const words = effectsInWords(result, k, effects);
      const label = t('effects.label', { name, words });
      const canvas = make('canvas', { role: 'img', 'aria-label': label });
      paintEffects(canvas, effects.log_odds, result.grid);
      return make(
        'div',
        { class: 'tile', 'data-peer': k, 'data-testid': `effect-${id}` },
        make('span', { class: 'map' }, canvas),
        make('span', { class: 'name' }, t('effects.name', { name: short(name) })),
        make('p', { class: 'quiet' }, words),
      );
    });
    this.#tiles.style.setProperty('--columns', String(tiles.length + 2));
    this.#tiles.replaceChildren(...tiles);
  }
}
