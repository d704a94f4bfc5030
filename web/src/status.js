import { bytes, figure, percent, time } from './format.js';

/**
 * What the page says of its own state: one sentence, one bar, one way out.
 * @typedef {{ text: string, error: import('./state.js').Failure | null, bar: { value: number, max: number, text: string } | null,
 *   cancel: boolean, retry: string }} Status `max` 0: under way for an unknown time; `retry`: the button's name, if any
 * @param {import('./state.js').State} state
 * @returns {Status}
 */
export function statusOf(state) {
  const { image } = state;
  const status = working(state);
  if (image.next) return { ...quiet, text: 'Opening the image.', bar: { value: 0, max: 0, text: '' } };
  if (image.error) return { ...status, error: image.error };
  return status;
}

/** @type {Status} */
const quiet = { text: '', error: null, bar: null, cancel: false, retry: '' };

/** @param {import('./state.js').State} state @returns {Status} */
function working({ engine, image, job, result }) {
  if (engine.phase === 'failed') {
    const stopped = engine.error?.code === 'cancelled';
    return stopped
      ? { ...quiet, text: 'Loading the networks was stopped.', retry: 'Load the networks' }
      : { ...quiet, text: 'The networks could not be loaded.', error: engine.error, retry: 'Try again' };
  }
  if (engine.phase === 'loading') {
    const bar = loading(engine.progress);
    return { ...quiet, text: `${bar.doing}.${image.preview ? ' Your image is next.' : ''}`, bar, cancel: true };
  }
  if (job.phase === 'failed')
    return { ...quiet, text: 'The explanation failed.', error: job.error, retry: 'Try again' };
  if (job.phase === 'due' || job.phase === 'running') {
    const { step } = job;
    const bar = step
      ? { value: step.done, max: step.total, text: `${step.done} of ${step.total}` }
      : { value: 0, max: 0, text: '' };
    return { ...quiet, text: step ? `${step.name}.` : 'Explaining the image.', bar, cancel: true };
  }
  if (engine.switching) return { ...quiet, text: 'Changing the device.', bar: loading(engine.progress), cancel: true };
  if (job.phase === 'cancelled') {
    const kept = result ? ' What you see belongs to the settings before.' : '';
    return { ...quiet, text: `Stopped.${kept}`, retry: 'Explain again' };
  }
  if (result) return { ...quiet, text: summary(result) };
  return { ...quiet, text: engine.phase === 'ready' ? 'Ready. Choose an image.' : 'Choose an image.' };
}

/** @param {import('./state.js').EngineState['progress']} progress */
function loading({ weights, code, device }) {
  const files = [weights, code].filter((f) => f !== undefined);
  const loaded = files.reduce((sum, f) => sum + f.loaded, 0);
  const total = files.every((f) => f.total) ? files.reduce((sum, f) => sum + f.total, 0) : 0;
  const finished = Boolean(device) && (!weights || weights.loaded >= weights.total);
  if (finished) return { value: 0, max: 0, text: '', doing: device?.text ?? '' };
  if (!loaded) return { value: 0, max: 0, text: '', doing: 'Loading the networks' };
  return {
    value: loaded,
    max: total,
    text: total ? `${bytes(loaded)} of ${bytes(total)}` : bytes(loaded),
    doing: 'Loading the networks',
  };
}

/** @param {import('./state.js').Explanation} result */
function summary({ peers, agreement, timings }) {
  const says = peers.map((p) => `${p.name}: ${p.top[0]?.label} ${percent(p.top[0]?.probability ?? 0)}`).join('; ');
  const ms = timings.reduce((sum, t) => sum + t.ms, 0);
  return `${says}. Agreement ${figure(agreement)}. Took ${time(ms)}.`;
}
