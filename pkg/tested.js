/**
 * Whether this browser has passed the engine's known-answer test before. The CPU's answers depend on the browser alone,
 * so a version of it is tested once by each build. A graphics device is tested each time: drivers change beneath the
 * browser.
 */

const CACHE = 'peerlight-tested';

/** @param {string} kind of device */
export async function wasTested(kind) {
  if (kind !== 'cpu') return false;
  try {
    const cache = await caches.open(CACHE);
    return Boolean(await cache.match(key()));
  } catch {
    return false; // No cache here, or none that may be used.
  }
}

/** @param {string} kind of device */
export async function keepTested(kind) {
  if (kind !== 'cpu') return;
  try {
    const cache = await caches.open(CACHE);
    for (const old of await cache.keys()) await cache.delete(old);
    await cache.put(key(), new Response());
  } catch {
    // It is then tested again.
  }
}

/** This file's address has the build in it, where the page's files have. */
function key() {
  return new URL(`?peerlight-tested=${encodeURIComponent(navigator.userAgent)}`, import.meta.url);
}
