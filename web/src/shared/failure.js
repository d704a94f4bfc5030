import { PeerlightError } from 'peerlight';

/** @typedef {{ code: string, message: string, help: string }} Failure an error as it is kept in the state */

/**
 * @param {unknown} thrown
 * @returns {Failure}
 */
export function failure(thrown) {
  if (!(thrown instanceof PeerlightError)) return { code: 'crashed', message: String(thrown), help: 'Try again.' };
  const { code, message, help } = thrown;
  return { code, message, help };
}
