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
  } finally {
    const complete = new Promise((resolve) => cdp.once('Tracing.tracingComplete', resolve));
    await cdp.send('Tracing.end');
    await complete;
    await cdp.detach();
  }
  return longest(ofPage(events, new URL(site.page.url()).origin));
}

/**
 * The events of the thread that runs a page's program.
 * @param {Event[]} events
 * @param {string} origin
 */
function ofPage(events, origin) {
  const said = (/** @type {Event} */ { args }) => JSON.stringify(args);
  const names = events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain');
  const key = (/** @type {Event} */ { pid, tid }) => `${pid}/${tid}`;
  const threads = new Set(names.map(key));
  const running = ['FunctionCall', 'EvaluateScript', 'v8.evaluateModule', 'EventDispatch', 'ResourceSendRequest'];
  const counts = new Map();
  for (const event of events) {
    if (!threads.has(key(event)) || !running.includes(event.name) || !said(event).includes(origin)) continue;
    counts.set(key(event), (counts.get(key(event)) ?? 0) + 1);
  }
  const [thread] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? [];
  return events.filter((event) => event.ph === 'X' && key(event) === thread);
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
