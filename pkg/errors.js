import { HELP } from './help.js';

/** @import { ErrorCode } from './index.js' */

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

/** The one rejection for everything that was cancelled. */
export const cancelled = () => new PeerlightError('cancelled', 'Cancelled.');

/** @param {AbortSignal} [signal] */
export function throwIfCancelled(signal) {
  if (signal?.aborted) throw cancelled();
}

/**
 * Whatever was thrown, as `{ code, message, help }`; `otherwise` is the code of what carries none.
 * @param {unknown} thrown
 * @param {ErrorCode} [otherwise]
 * @returns {{ code: ErrorCode, message: string, help?: string }}
 */
export function plain(thrown, otherwise = 'crashed') {
  const { code, message, help } = /** @type {Record<string, unknown>} */ (Object(thrown));
  const text = String(message ?? thrown);
  if (typeof code === 'string') {
    return { code: /** @type {ErrorCode} */ (code), message: text, help: help === undefined ? help : String(help) };
  }
  if (thrown instanceof RangeError) return { code: 'out-of-memory', message: text };
  return { code: otherwise, message: text };
}

/**
 * @param {unknown} thrown
 * @param {ErrorCode} [otherwise]
 */
export function asError(thrown, otherwise) {
  if (thrown instanceof PeerlightError) return thrown;
  const { code, message, help } = plain(thrown, otherwise);
  return new PeerlightError(code, message, help);
}
