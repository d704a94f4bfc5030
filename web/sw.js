/**
 * Keeps the page, so that it starts without the network. `stamp.mjs` fills in the build: its version is in the address
 * of every file that belongs to it, so one build never gets another's file. A new build waits until the person wants
 * it.
 *
 * Weights are no concern of this file: the package keeps and verifies them itself.
 */
const BUILD = { version: '', policy: '', files: [] };

const { scope } = self.registration;
const MINE = `peerlight-page ${new URL(scope).pathname} `;
const CACHE = MINE + BUILD.version;
/** After a kept copy was given, before the network is asked for a later one: nobody is to wait for that. */
const LATER_MS = 10_000;

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(removeFormer()));
self.addEventListener('message', ({ data }) => data === 'take-over' && self.skipWaiting());
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || !url.href.startsWith(scope) || url.pathname.endsWith('.safetensors')) return;
  const path = url.pathname.slice(new URL(scope).pathname.length);
  if (request.mode === 'navigate') {
    if (path === '' || path === 'index.html') event.respondWith(keptFirst(scope));
  } else if (url.searchParams.get('v') === BUILD.version) {
    if (path === 'pkg/worker.js') event.respondWith(keptFirst(request).then(underPolicy));
    else event.respondWith(path.endsWith('.wasm') ? compiledFirst(request) : keptFirst(request));
  } else event.respondWith(refreshedLater(event));
});

/** All or nothing: a build that is only half on the server yet is tried again at the next visit. */
async function install() {
  const cache = await caches.open(CACHE);
  const page = await fetched(new Request(scope, { cache: 'no-cache' }));
  if (!(await page.clone().text()).includes(BUILD.version)) throw new Error('The page is of another build.');
  // Without the mark of a redirection, which no page may have been through.
  await cache.put(scope, new Response(page.body, { headers: page.headers }));
  await Promise.all(
    BUILD.files.map(async (file) => {
      const url = new URL(file, scope).href;
      await cache.put(url, await fetched(new Request(url)));
    }),
  );
}

async function removeFormer() {
  for (const name of await caches.keys()) {
    if (name.startsWith(MINE) && name !== CACHE) await caches.delete(name);
  }
}

/** An answer that is what was asked for. @param {Request} request */
async function fetched(request) {
  const response = await fetch(request);
  const page = /^text\/html\b/.test(response.headers.get('content-type') ?? '');
  if (!response.ok || page !== (request.url === scope)) throw new Error(`No ${request.url}`);
  return response;
}

/** @param {RequestInfo} request */
async function keptFirst(request) {
  const cache = await caches.open(CACHE).catch(() => null);
  const kept = await cache?.match(request, { ignoreVary: true });
  return kept ?? keep(cache, request, await fetch(request));
}

/** A worker that starts from its address, under the page's policy. @param {Response} response */
function underPolicy({ body, status, headers }) {
  return new Response(body, { status, headers: [...headers, ['content-security-policy', BUILD.policy]] });
}

/**
 * The browser's own copy, beside which it keeps the compiled code; else the kept one. Neither asks the network.
 * @param {Request} request
 */
async function compiledFirst(request) {
  const own = await fetch(request.url, { cache: 'only-if-cached', mode: 'same-origin' }).catch(() => null);
  return own?.ok ? own : keptFirst(request);
}

/**
 * What has no version in its address: the kept copy at once, and a later one for the next visit.
 * @param {FetchEvent} event
 */
async function refreshedLater(event) {
  const { request } = event;
  const cache = await caches.open(CACHE).catch(() => null);
  const kept = await cache?.match(request, { ignoreVary: true });
  const ask = async () => keep(cache, request, await fetch(request));
  if (!kept) return ask();
  const late = new Promise((resolve) => setTimeout(resolve, LATER_MS));
  event.waitUntil(late.then(ask).catch(() => {})); // Without the network there is no later one.
  return kept;
}

/**
 * @param {Cache | null} cache
 * @param {RequestInfo} request
 * @param {Response} response
 */
function keep(cache, request, response) {
  if (response.ok && response.type === 'basic') cache?.put(request, response.clone()).catch(() => {});
  return response;
}
