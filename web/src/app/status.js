import { agreement, answers } from '../explain/words.js';
import { bytes, time } from '../shared/format.js';
import { heard, t } from '../words/index.js';

/**
 * @import { State } from './state.js'
 * @import { EngineState } from '../networks/state.js'
 * @import { Failure } from '../shared/refusal.js'
 * @import { Explanation } from 'peerlight'
 */

/**
 * What the page says about itself: one sentence, one bar, one way out.
 *
 * @typedef {object} Status
 * @property {string} text
 * @property {Failure | null} error
 * @property {{ value: number, max: number, text: string } | null} bar `max` is 0 while nobody knows how long it takes
 * @property {boolean} cancel whether there is something to cancel
 * @property {string} notice what else there is to say of the last choice; empty for nothing
 * @property {string} retry the name of the button that tries again; empty for none
 */

/** @type {Status} */
const quiet = { text: '', error: null, bar: null, cancel: false, notice: '', retry: '' };
const ENDLESS = { value: 0, max: 0, text: '' };

/**
 * @param {State} state
 * @returns {Status}
 */
export function statusOf(state) {
  const { image } = state;
  if (image.next) return { ...quiet, text: t('status.opening'), bar: ENDLESS };
  const status = { ...working(state), notice: image.notice };
  if (!image.error) return status;
  const still = image.chosen?.name ? ` ${t('status.still', { name: heard(image.chosen.name) })}` : '';
  return { ...status, error: { ...image.error, help: image.error.help + still } };
}

/**
 * @param {State} state
 * @returns {Status}
 */
function working({ engine, image, job, result }) {
  if (engine.phase === 'failed') return failed(engine);
  if (engine.phase === 'loading') {
    const { doing, ...bar } = loading(engine.progress);
    return { ...quiet, text: t(image.preview ? 'status.doing-next' : 'status.doing', { doing }), bar, cancel: true };
  }
  if (job.phase === 'failed') {
    return { ...quiet, text: t('status.failed'), error: job.error, retry: t('try-again') };
  }
  if (job.phase === 'due' || job.phase === 'running') {
    const { step } = job;
    if (!step) return { ...quiet, text: t('status.explaining'), bar: ENDLESS, cancel: true };
    const bar = { value: step.done, max: step.total, text: t('far.count', { done: step.done, total: step.total }) };
    return { ...quiet, text: t('status.doing', { doing: heard(step.name) }), bar, cancel: true };
  }
  if (engine.switching) {
    const { doing: _, ...bar } = loading(engine.progress);
    return { ...quiet, text: t('status.device'), bar, cancel: true };
  }
  if (job.phase === 'cancelled') {
    return {
      ...quiet,
      text: t(result ? 'status.stopped-earlier' : 'status.stopped'),
      retry: t('status.explain-again'),
    };
  }
  if (engine.error) return unopened(engine.error);
  if (result) return { ...quiet, text: summary(result) };
  return { ...quiet, text: t(engine.phase === 'ready' ? 'status.ready' : 'status.choose') };
}

/**
 * @param {EngineState} engine
 * @returns {Status}
 */
function failed({ error }) {
  if (error?.code === 'cancelled') {
    return { ...quiet, text: t('status.load-stopped'), retry: t('status.load') };
  }
  // A browser that lacks something lacks it the next time too.
  const retry = error?.code === 'device-unavailable' ? '' : t('try-again');
  return { ...quiet, text: t('status.load-failed'), error, retry };
}

/**
 * Other networks were wanted, and those that are open stay.
 * @param {Failure} error
 * @returns {Status}
 */
function unopened(error) {
  if (error.code === 'cancelled') return { ...quiet, text: t('status.stopped-stay') };
  return { ...quiet, text: t('status.unopened'), error };
}

/** @param {EngineState['progress']} progress */
function loading({ weights, code, device, networks }) {
  if (networks) {
    const { loaded: value, total: max } = networks;
    const doing = heard(networks.text);
    // The last byte is not the last work: the networks are then made of them.
    return value < max ? { value, max, doing, text: far(value, max) } : { ...ENDLESS, doing };
  }
  const files = [weights, code].filter((file) => file !== undefined);
  const loaded = files.reduce((sum, file) => sum + file.loaded, 0);
  const total = files.every((file) => file.total) ? files.reduce((sum, file) => sum + file.total, 0) : 0;
  const finished = device && (!weights || weights.loaded >= weights.total);
  if (finished) return { ...ENDLESS, doing: heard(device.text) };
  const doing = t('status.loading');
  if (!loaded) return { ...ENDLESS, doing };
  const text = total ? far(loaded, total) : bytes(loaded);
  return { value: loaded, max: total, text, doing };
}

/**
 * @param {number} done
 * @param {number} total
 */
const far = (done, total) => t('far.count', { done: bytes(done), total: bytes(total) });

/** @param {Explanation} result */
function summary(result) {
  const ms = result.timings.reduce((sum, step) => sum + step.ms, 0);
  const [first, ...others] = result.peers.map(({ top }) => top[0]?.label);
  // That the answers differ is said by the answers.
  const caution = others.every((label) => label === first) && result.caution ? heard(result.caution) : '';
  return [caution, answers(result), agreement(result), t('status.took', { time: time(ms) })].filter(Boolean).join(' ');
}
