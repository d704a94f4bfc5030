import { failure } from '../shared/failure.js';
import { askable, questionOf } from './select.js';

/**
 * @import { Store } from '../app/store.js'
 * @import { Engine } from 'peerlight'
 */

/**
 * Asks the networks what they would say, and measures the effect of every region.
 * @param {Store} store
 * @param {() => Engine | null} engineNow
 */
export function runWhatIf(store, engineNow) {
  const { dispatch } = store;
  let asking = new AbortController();
  let measuring = new AbortController();

  store.subscribe((state, before) => {
    const serial = askable(state);
    if (serial !== askable(before)) {
      asking.abort(); // The latest question wins.
      if (serial) ask(serial);
    }
    const [now, then] = [state.whatIf.effects, before.whatIf.effects];
    if (now.phase !== then.phase || now.serial !== then.serial) {
      if (now.phase !== 'running') measuring.abort();
      else measure(now.serial);
    }
  });

  /** @param {number} serial */
  async function ask(serial) {
    const { image, whatIf, ask: request } = store.state;
    const engine = engineNow();
    if (!engine || !image.chosen) return;
    const { signal } = (asking = new AbortController());
    try {
      // By the same request as the shown explanation, and so about the same class.
      const answer = await engine.whatIf(image.chosen.source, questionOf(whatIf), request, { signal });
      dispatch({ type: 'what-if-answered', serial, answer });
    } catch (thrown) {
      const error = failure(thrown);
      if (error.code !== 'cancelled') dispatch({ type: 'what-if-failed', serial, error });
    }
  }

  /** @param {number} serial */
  async function measure(serial) {
    const { image, whatIf, ask: request } = store.state;
    const engine = engineNow();
    if (!engine || !image.chosen) return;
    const { signal } = (measuring = new AbortController());
    try {
      const question = { baseline: whatIf.baseline, effects: true };
      const result = await engine.whatIf(image.chosen.source, question, request, {
        signal,
        onProgress: (step) => dispatch({ type: 'effects-step', serial, step }),
      });
      dispatch({ type: 'effects-done', serial, result });
    } catch (thrown) {
      dispatch({ type: 'effects-failed', serial, error: failure(thrown) });
    }
  }
}
