import { plain } from './errors.js';
import { CORS, looksLikePage, notThere, plainLength } from './http.js';

/** @import { DeviceKind } from './index.js' */
/** @typedef {(progress: object) => void} Say */

const STALL_MS = 60_000;
/** The smallest module with a SIMD instruction. */
const SIMD = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0],
  ...[10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
);

/** @param {string} message */
const failed = (message) => ({ code: 'download-failed', message });

/** In the words of Chromium, Firefox and Safari. */
const POLICY = /\bCSP\b|content security policy|unsafe-eval/i;

/** Of a module that ends too early. */
const CUT = /past (the )?end|unexpected end|\bEOF\b|truncated/i;

/** @param {string} message */
const forbidden = (message) => ({
  code: 'device-unavailable',
  message: `A security policy forbids WebAssembly here: ${message}`,
  help: "Add 'wasm-unsafe-eval' to script-src in the Content-Security-Policy of the page and of the worker’s file.",
});

/** @param {string} message */
const uncompiled = (message) => ({
  ...failed(`This browser cannot compile the engine: ${message}`),
  help: 'Update the browser. If it is new, the file was damaged on the way: reload the page without its cache.',
});

/** What the engine needs of a browser, and what to do where it is missing. */
export function throwIfTooOld() {
  const missing =
    (typeof WebAssembly === 'undefined' && 'WebAssembly') ||
    (!WebAssembly.validate(SIMD) && 'WebAssembly with SIMD') ||
    (typeof WebAssembly.compileStreaming === 'undefined' && 'WebAssembly.compileStreaming') ||
    (typeof OffscreenCanvas === 'undefined' && 'OffscreenCanvas') ||
    (typeof createImageBitmap === 'undefined' && 'createImageBitmap');
  if (!missing) return;
  throw {
    code: 'device-unavailable',
    message: `This browser cannot run Peerlight: it has no ${missing}.`,
    help: 'Update the browser. If its Lockdown Mode or a similar protection is on, switch that off for this site.',
  };
}

/**
 * The engine's code for one kind of device: the module, started, and its JavaScript.
 *
 * The two belong together, by names that differ with each build. A cache on the way can bring the one of an old build
 * with the other of a new one, so a pair that does not fit is fetched anew, around all caches.
 *
 * @param {DeviceKind} kind
 * @param {Say} say
 */
export async function loadCode(kind, say) {
  throwIfTooOld();
  // Bundlers read these calls and move the files: every word of them must be plain.
  const [glue, module] =
    kind === 'webgpu'
      ? [
          new URL('./wasm/webgpu/peerlight.js', import.meta.url),
          new URL('./wasm/webgpu/peerlight_bg.wasm', import.meta.url),
        ]
      : [new URL('./wasm/cpu/peerlight.js', import.meta.url), new URL('./wasm/cpu/peerlight_bg.wasm', import.meta.url)];
  const first = await start(glue, module, say);
  if (!('misfit' in first)) return first.code;
  const fresh = new URL(glue);
  fresh.searchParams.set('fresh', Date.now().toString(36));
  const second = await start(fresh, module, say, { cache: 'reload' });
  if (!('misfit' in second)) return second.code;
  throw {
    ...failed(`The engine’s files are of two versions: ${second.misfit}`),
    help: 'Reload the page without its cache (Ctrl+Shift+R). If that does not help, its files were not all replaced.',
  };
}

/**
 * @param {URL} glue
 * @param {URL} module
 * @param {Say} say
 * @param {RequestInit} [init]
 * @returns {Promise<{ code: any } | { misfit: string }>}
 */
async function start(glue, module, say, init) {
  const [code, download] = await Promise.all([importGlue(glue), fetchModule(module, say, init)]);
  try {
    await code.default({ module_or_path: await download.compiled });
    return { code };
  } catch (thrown) {
    const whole = await download.whole;
    if (download.error) throw download.error;
    // Without memory it is a RangeError, whose code says so.
    if (thrown instanceof WebAssembly.RuntimeError || thrown instanceof RangeError) throw thrown;
    const { message } = plain(thrown);
    if (POLICY.test(message)) throw forbidden(message);
    // A whole module that lacks what the other half calls, or is given.
    const misfit = thrown instanceof WebAssembly.LinkError || (thrown instanceof TypeError && whole);
    if (misfit) return { misfit: message };
    if (whole && thrown instanceof WebAssembly.CompileError && !CUT.test(message)) throw uncompiled(message);
    throw failed(`The engine was not downloaded completely: ${message}`);
  }
}

/** @param {URL} url */
const importGlue = (url) =>
  import(/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ url.href).catch((thrown) => {
    throw failed(`The engine could not be loaded: ${plain(thrown).message}`);
  });

/**
 * A module on its way. `error` says why it broke off, since the error of what compiles it does not.
 * @typedef {{ compiled: Promise<WebAssembly.Module>, whole: Promise<boolean>, error: object | null }} Download
 */

/**
 * Fetches a module, and compiles it while it loads.
 * @param {URL} url
 * @param {Say} say
 * @param {RequestInit} [init]
 * @returns {Promise<Download>}
 */
async function fetchModule(url, say, init) {
  const control = new AbortController();
  const response = await fetch(url, { ...init, signal: control.signal }).catch(() => {
    throw { ...failed('The engine could not be fetched.'), help: CORS };
  });
  if (!response.ok || !response.body) throw failed(`The server answered ${response.status} for the engine.`);
  const seen = response.clone();
  const compiled = WebAssembly.compileStreaming(asModule(response));
  compiled.catch(() => {}); // Whoever waits for it hears of it.
  /** @type {Download} */
  const download = { compiled, whole: Promise.resolve(false), error: null };
  const stop = (/** @type {object} */ error) => {
    download.error = error;
    control.abort();
  };
  download.whole = follow(seen, say, stop).catch(() => false);
  return download;
}

/**
 * Whatever kind of file the server calls it. What the server sent as a module stays as it is: a browser keeps the
 * compiled code of such an answer for the next visit.
 * @param {Response} response
 */
function asModule(response) {
  if (/^application\/wasm$/i.test(response.headers.get('content-type') ?? '')) return response;
  return new Response(response.body, { headers: { 'content-type': 'application/wasm' } });
}

/**
 * Tells of a download's progress, stops one that stalls or is something else, and says whether all of it came.
 * @param {Response} response
 * @param {Say} say
 * @param {(error: object) => void} stop
 */
async function follow(response, say, stop) {
  const total = plainLength(response);
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  let loaded = 0;
  for (;;) {
    const timer = setTimeout(stop, STALL_MS, failed('The download of the engine stalled.'));
    const { done, value } = await reader.read().finally(() => clearTimeout(timer));
    if (done) return true;
    if (!loaded && looksLikePage(value)) stop(notThere('the engine'));
    loaded += value.length;
    say({ stage: 'code', loaded, total: loaded > total ? 0 : total, text: 'Loading the engine' });
  }
}
