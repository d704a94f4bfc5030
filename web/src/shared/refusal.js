import { t } from '../words/index.js';

/** @import { Args, Key } from '../words/index.js' */

/**
 * An error as it is kept in the state. Its words are chosen when they are read, so they follow the language.
 *
 * @typedef {object} Failure
 * @property {string} code
 * @property {string} message
 * @property {string} help
 * @property {string} [detail] the engine's own words, where the language has only general ones
 */

/**
 * An error that the page finds itself.
 * @param {string} code
 * @param {Key} what
 * @param {Key | null} help
 * @param {Args} [args]
 * @returns {Failure}
 */
export const refusal = (code, what, help, args) => ({
  code,
  get message() {
    return t(what, args);
  },
  get help() {
    return help ? t(help, args) : '';
  },
});
