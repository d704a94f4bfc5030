import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { done, pick } from '../comparison.mjs';
import { test } from '../harness.mjs';
import { residentOf } from '../memory.mjs';
import { FIXTURES, TEMP } from '../paths.mjs';
import { encodePng } from '../png.mjs';
import { random } from '../random.mjs';
import { Site } from '../site.mjs';
import { tasksOf } from '../tasks.mjs';
import { values } from './options.mjs';

/**
 * A folder of images made of colored shapes on a gradient, the same for each seed.
 * @param {number} count
 */
async function madeImages(count) {
  const folder = join(TEMP, 'soak');
  await mkdir(folder, { recursive: true });
  const draw = random(values.seed);
  const below = (/** @type {number} */ n) => Math.floor(draw() * n);
  for (let i = 0; i < count; i += 1) {
    const [width, height] = [320 + below(480), 240 + below(400)];
    const rgb = Buffer.alloc(width * height * 3);
    const [red, green, blue] = [below(200), below(200), below(200)];
    for (let at = 0; at < rgb.length; at += 3) {
      const row = Math.floor(at / 3 / width);
      rgb[at] = red + (55 * row) / height;
      rgb[at + 1] = green + (55 * ((at / 3) % width)) / width;
      rgb[at + 2] = blue;
    }
    for (let shape = 0; shape < 12; shape += 1) {
      const [x, y, w, h, color] = [below(width), below(height), 20 + below(150), 20 + below(150), below(1 << 24)];
      for (let row = y; row < Math.min(height, y + h); row += 1) {
        for (let column = x; column < Math.min(width, x + w); column += 1) {
          rgb.writeUIntBE(color, 3 * (row * width + column), 3);
        }
      }
    }
    await writeFile(join(folder, `${i}.png`), encodePng(width, height, rgb, { level: 1 }));
  }
  return folder;
}

/** Notes every task of the page's main thread over 50 ms, with what the browser knows of it. */
function watchTasks() {
  const busy = { tasks: /** @type {{ at: number, ms: number, what: string }[]} */ ([]) };
  Object.assign(window, { busy });
  new PerformanceObserver((list) => {
    for (const e of list.getEntries()) busy.tasks.push({ at: e.startTime, ms: e.duration, what: '' });
  }).observe({ type: 'longtask' });
  new PerformanceObserver((list) => {
    for (const e of /** @type {any[]} */ (list.getEntries())) {
      const scripts = e.scripts.map((s) => `${s.invoker} ${s.sourceFunctionName} ${Math.round(s.duration)} ms`);
      const render = e.renderStart ? Math.round(e.startTime + e.duration - e.renderStart) : 0;
      busy.tasks.push({ at: e.startTime, ms: -e.duration, what: `${scripts.join(', ')}; render ${render} ms` });
    }
  }).observe({ type: 'long-animation-frame' });
}

test(
  `soak: ${values.images} images, memory flat, no long task, cancelled at once`,
  async (t) => {
    const site = await (await Site.make(t)).open();
    const folder = await madeImages(values.images);
    await site.page.evaluate(watchTasks);
    const cdp = await site.browser.newBrowserCDPSession();
    const marks = /** @type {number[]} */ ([]);
    await site.at('folder').setInputFiles(folder);
    const steps = [0.2, 0.4, 0.6, 0.8, 1].map((part) => Math.round(part * values.images));
    const until = async (/** @type {number} */ step) => {
      const like = step === values.images ? `^${step} images explained` : `^(${step}|${step + 1}|${step + 2}) of`;
      await site.text('many-status', new RegExp(like), 1_200_000);
      marks.push(await residentOf(cdp));
    };
    for (const step of steps.slice(0, -1)) await until(step);
    // What the clock says of a busy machine is told; the processor's own time of the last fifth decides.
    const tasks = await tasksOf(site, () => until(values.images));
    const took = (await site.page.evaluate(() => performance.now())) / values.images;
    const clocked = await site.page.evaluate(() => busy.tasks);
    const slow = clocked.filter(({ ms }) => ms > 50).map(({ ms }) => ms);
    const long = tasks.filter(({ ms }) => ms > 50);
    t.note(
      `${Math.round(took)} ms an image; resident after ${steps.join(', ')}: ${marks.map(Math.round).join(', ')} MB`,
    );
    t.note(`${slow.length} tasks over 50 ms by the clock, the longest ${Math.round(Math.max(0, ...slow))} ms`);
    t.note(`by the processor's time the longest of ${tasks.length} took ${Math.round(tasks[0]?.ms ?? 0)} ms`);
    for (const { at, ms, what } of clocked
      .filter(({ ms }) => ms < 0)
      .sort((a, b) => a.ms - b.ms)
      .slice(0, 8)) {
      t.note(`\n    a frame of ${Math.round(-ms)} ms at ${Math.round(at)}: ${what}`);
    }

    // Again, and cancelled in the middle.
    await site.at('many-clear').click();
    await site.at('folder').setInputFiles(folder);
    const waits = /** @type {number[]} */ ([]);
    await site.text('many-status', /^[1-9]\d* of/);
    for (let i = 0; i < 5; i += 1) {
      const wait = await site.page.evaluate(async () => {
        const button = /** @type {HTMLElement} */ (document.querySelector('[data-testid=many-cancel]'));
        const start = performance.now();
        button.click();
        while (!/explained/.test(document.querySelector('[data-testid=many-status]')?.textContent ?? '')) {
          await new Promise((next) => setTimeout(next));
        }
        return performance.now() - start;
      });
      waits.push(Math.round(wait));
      await site.at('folder').setInputFiles(folder);
      await site.text('many-status', /^\d+ of .* left/);
      await site.page.waitForTimeout(137 * i);
    }
    t.note(`cancelled in ${waits.join(', ')} ms`);
    assert.ok(Math.max(...waits) <= 300, `cancelled in ${waits} ms`);
    assert.ok(marks[4] <= 1.1 * marks[0], `${marks} MB`);
    assert.deepEqual(site.errors, []);
    assert.ok(tasks.length, 'tasks are told');
    assert.deepEqual(long, [], 'tasks over 50 ms');
  },
  { ms: 60 * 60_000 },
);

/** Whose methods run in a loop: two networks of a few layers make many rounds, those that ship make few long ones. */
const LOOPS = /** @type {const} */ ({ 'small networks': ['small', 'any-size'], 'networks that ship': [] });

for (const [what, own] of Object.entries(LOOPS)) {
  test(
    `soak: all methods of ${what} on one image in a loop for ${values.minutes} minutes`,
    async (t) => {
      const site = await (await Site.make(t)).open();
      if (own.length) {
        await site.drop(...own.map((name) => join(FIXTURES, 'networks', `${name}.onnx`)));
        await site.openNetworks(own.length);
      }
      await site.explain(() => site.at('sample-0').click());
      const ids = await site.page
        .locator('peer-methods input:enabled')
        .evaluateAll((all) => all.map((n) => n.dataset.testid.replace('pick-', '')));
      await pick(site, ids);
      const cdp = await site.browser.newBrowserCDPSession();
      const marks = /** @type {number[]} */ ([]);
      const times = /** @type {number[]} */ ([]);
      const end = performance.now() + 60_000 * values.minutes;
      for (let round = 0; performance.now() < end || round < 3; round += 1) {
        const start = performance.now();
        // The same image anew: nothing of the last round is used.
        if (round) await site.shown(() => site.at('sample-0').click());
        await site.at('compare').click();
        await done(site, 3_600_000);
        times.push((performance.now() - start) / 1000);
        marks.push(await residentOf(cdp));
      }
      const part = (/** @type {number[]} */ all, /** @type {number} */ digits) =>
        [0, 0.25, 0.5, 0.75, 1].map((p) => all[Math.round(p * (all.length - 1))]?.toFixed(digits)).join(', ');
      t.note(`${ids.length} methods, ${times.length} rounds; seconds a round ${part(times, 1)}; MB ${part(marks, 0)}`);
      // The engine's memory grows to what its largest method takes, and stays.
      const first = Math.max(1, Math.round(0.1 * marks.length));
      assert.ok((marks.at(-1) ?? 0) <= 1.1 * (marks[first] ?? 0) + 10, `${marks} MB`);
      assert.deepEqual(site.errors, []);
    },
    { ms: 60_000 * (values.minutes + 180) },
  );
}
