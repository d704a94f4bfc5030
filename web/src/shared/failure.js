import { PeerlightError } from 'peerlight';
import { errorWords, heard, t } from '../words/index.js';

/** @import { Failure } from './refusal.js' */

/**
 * @param {unknown} thrown
 * @returns {Failure}
 */
export function failure(thrown) {
  if (!(thrown instanceof PeerlightError)) {
    return { code: 'crashed', message: String(thrown), help: t('try-again.help') };
  }
  const { code, message, help } = thrown;
  const own = () => (heard(message) === message ? errorWords(code) : undefined);
  return {
    code,
    get message() {
      return own()?.[0] ?? heard(message);
    },
    get help() {
      return own()?.[1] ?? heard(help);
    },
    get detail() {
      return own() && message;
    },
  };
}
