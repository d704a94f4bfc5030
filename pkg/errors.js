/** @typedef {import('./index.js').ErrorCode} ErrorCode */

/**
 * What a person can do about errors that arise before the engine (and its catalog) is there.
 * @type {Partial<Record<ErrorCode, string>>}
 */
const HELP = {
  'image-empty': 'Choose another file.',
  'image-broken': 'Choose a JPEG, PNG, WebP, AVIF or GIF image.',
  'image-too-large': 'Save the image at a smaller size and try again.',
  'bundle-hash':
    'The file was damaged on the way or replaced on the server. Try again; if it stays so, tell whoever runs this site.',
  'download-failed': 'Check the connection and try again.',
  'device-unavailable': 'Choose the CPU instead: it gives the same figures.',
  'device-self-test': 'Choose the CPU instead: it gives the same figures.',
  'device-lost': 'Try again, or choose the CPU.',
  'out-of-memory': 'Close other tabs or choose a smaller image, then try again.',
  crashed: 'The engine has been restarted. Try again.',
};

export class PeerlightError extends Error {
  /**
   * @param {ErrorCode} code
   * @param {string} message
   * @param {string} [help]
   */
  constructor(code, message, help = HELP[code] ?? '') {
    super(message);
    this.name = 'PeerlightError';
    this.code = code;
    this.help = help;
  }
}

/** The one rejection for everything that was called off. */
export const cancelled = () => new PeerlightError('cancelled', 'Cancelled.');

/** @param {AbortSignal} [signal] */
export function throwIfCancelled(signal) {
  if (signal?.aborted) throw cancelled();
}

/**
 * Whatever was thrown, as `{ code, message }`; `otherwise` is the code of what carries none.
 * @param {unknown} thrown
 * @param {ErrorCode} [otherwise]
 * @returns {{ code: ErrorCode, message: string }}
 */
export function plain(thrown, otherwise = 'crashed') {
  const { code, message } = /** @type {{ code?: unknown, message?: unknown }} */ (Object(thrown));
  const text = String(message ?? thrown);
  if (typeof code === 'string') return { code: /** @type {ErrorCode} */ (code), message: text };
  if (thrown instanceof RangeError) return { code: 'out-of-memory', message: text };
  return { code: otherwise, message: text };
}

/**
 * @param {unknown} thrown
 * @param {ErrorCode} [otherwise]
 */
export function asError(thrown, otherwise) {
  if (thrown instanceof PeerlightError) return thrown;
  const { code, message } = plain(thrown, otherwise);
  return new PeerlightError(code, message);
}

/**
 * The error with the engine's own advice, where it has none yet.
 * @param {PeerlightError} error
 * @param {import('./index.js').Catalog} [catalog]
 */
export function advised(error, catalog) {
  const help = error.help || catalog?.errors.find((e) => e.code === error.code)?.help;
  return new PeerlightError(error.code, error.message, help);
}
