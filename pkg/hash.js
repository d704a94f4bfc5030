/** Web Crypto exists on https and localhost only; elsewhere pool.js compares the engine's own hash of the bundle. */
export const canDigest = () => Boolean(globalThis.crypto?.subtle);

/** @param {Uint8Array<ArrayBuffer> | ArrayBuffer} data */
export async function digest(data) {
  const hash = await crypto.subtle.digest('SHA-256', data);
  return Array.from(new Uint8Array(hash), (b) => b.toString(16).padStart(2, '0')).join('');
}

/**
 * The sha256 of a file in the engine's memory, which may be let go at once. The browser's own code is several times as
 * fast as the engine's.
 * @param {{ bytes: Uint8Array<ArrayBuffer>, sha256(): string }} file
 */
export function hashOf(file) {
  if (!canDigest()) return file.sha256();
  const hash = digest(file.bytes);
  hash.catch(() => {}); // Whoever waits for it hears of it.
  return hash;
}
