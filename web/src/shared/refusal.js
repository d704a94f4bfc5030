import { errorWords, heard, t } from '../words/index.js';

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

/** The package's advice to whoever writes a page: a page's visitor can only load it again. */
const FOR_PROGRAMMERS = /\bopenEngine\(/;

/**
 * An error of the engine. Where the language lacks its sentence, the code tells what it means, and the engine's own
 * words stand beside it.
 * @param {{ code: string, message: string, help: string }} error
 * @returns {Failure}
 */
export function ofEngine({ code, message, help }) {
  const general = () => (heard(message) === message ? errorWords(code) : undefined);
  return {
    code,
    get message() {
      return general()?.[0] ?? heard(message);
    },
    get help() {
      if (FOR_PROGRAMMERS.test(help)) return t('reload.help');
      const said = heard(help);
      return said === help ? (errorWords(code)?.[1] ?? help) : said;
    },
    get detail() {
      return general() && message;
    },
  };
}
