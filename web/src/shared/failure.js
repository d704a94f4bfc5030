import { PeerlightError } from 'peerlight';
import { t } from '../words/index.js';
import { ofEngine } from './refusal.js';

/** @import { Failure } from './refusal.js' */

/**
 * @param {unknown} thrown
 * @returns {Failure}
 */
export const failure = (thrown) =>
  thrown instanceof PeerlightError
    ? ofEngine(thrown)
    : { code: 'crashed', message: String(thrown), help: t('try-again.help') };
