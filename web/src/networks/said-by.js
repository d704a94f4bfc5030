import { readText } from 'peerlight';
import { refusal } from '../shared/refusal.js';
import { saidIn } from './files.js';

/**
 * @import { Failure } from '../shared/refusal.js'
 * @import { Said } from './choice.js'
 */

/**
 * What a file that comes with networks says of them, or why nothing.
 * @param {File} file
 * @returns {Promise<Said | Failure>}
 */
export async function saidBy(file) {
  const { name } = file;
  const text = await readText(file).catch(() => null);
  return text === null
    ? refusal('ask-invalid', 'networks.no-text', 'networks.no-text.help', { name })
    : saidIn(name, text);
}
