/**
 * The tasks of the page's thread, by the processor's own time: what other programs do meanwhile does not count, so that
 * a busy machine is no excuse and no reason to fail.
 */

/** @import { Site } from './site.mjs' */

/**
 * @typedef {{ name: string, ph: string, pid: number, tid: number, ts: number, dur?: number, tdur?: number,
 *   args: Record<string, any> }} Event
 * @typedef {{ ms: number, wall: number, at: number, what: string }} Task `ms` of the processor within `wall` of the
 *   clock; `what` took the most of them
 */

/** What the page is asked to write into the trace. */
const MARK = 'peerlight-tasks';
/** In which every task holds everything else. */
const WHOLE = 'RunTask';

/**
 * Does something, and tells the page's tasks meanwhile, the longest first.
 * @param {Site} site
 * @param {() => Promise<unknown>} act
 * @returns {Promise<Task[]>}
 */
export async function tasksOf(site, act) {
  const cdp = await site.session();
  /** @type {Event[]} */
  const events = [];
  cdp.on('Tracing.dataCollected', ({ value }) => events.push(.../** @type {any} */ (value)));
  const traceConfig = { includedCategories: ['devtools.timeline', 'disabled-by-default-devtools.timeline'] };
  await cdp.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig });
  try {
    await act();
    await site.page.evaluate((mark) => console.timeStamp(mark), MARK);
  } finally {
    const complete = new Promise((resolve) => cdp.once('Tracing.tracingComplete', resolve));
    await cdp.send('Tracing.end');
    await complete;
    await cdp.detach();
  }
  return longest(ofPage(events));
}

/**
 * The events of the thread that runs the page's program: the one that was asked to leave a mark.
 * @param {Event[]} events
 */
function ofPage(events) {
  const mark = events.find(({ name, args }) => name === 'TimeStamp' && args.data?.message === MARK);
  if (!mark) throw new Error('the trace has no mark of the page');
  return events.filter(({ ph, pid, tid }) => ph === 'X' && pid === mark.pid && tid === mark.tid);
}

/** @param {Event[]} events of one thread */
function longest(events) {
  const first = Math.min(...events.map(({ ts }) => ts));
  const tasks = events.filter(({ name }) => name === WHOLE).sort((a, b) => (b.tdur ?? 0) - (a.tdur ?? 0));
  return tasks.map(({ ts, dur = 0, tdur = 0 }) => {
    const inside = events.filter((one) => !/RunTask/.test(one.name) && one.ts >= ts && one.ts < ts + dur);
    const parts = inside.sort((a, b) => (b.tdur ?? 0) - (a.tdur ?? 0)).slice(0, 3);
    const what = parts.map(({ name, tdur = 0 }) => `${name} ${Math.round(tdur / 1e3)} ms`).join(', ');
    return { ms: tdur / 1e3, wall: dur / 1e3, at: (ts - first) / 1e3, what };
  });
}
