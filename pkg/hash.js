/** Web Crypto exists on https and localhost only; elsewhere pool.js compares the engine's own hash of the bundle. */
export const canDigest = () => Boolean(globalThis.crypto?.subtle);

/** @param {Uint8Array<ArrayBuffer>} data */
export async function digest(data) {
  const hash = await crypto.subtle.digest('SHA-256', data);
  return Array.from(new Uint8Array(hash), (b) => b.toString(16).padStart(2, '0')).join('');
}

/**
 * The sha256 by the browser's own code, which is several times as fast as the engine's; undefined where the engine must
 * compute it.
 * @param {Uint8Array<ArrayBuffer>} data
 */
export const hashOf = async (data) => (canDigest() ? digest(data).catch(() => undefined) : undefined);
