import { t } from '../words/index.js';

/** So many files are named. */
const NAMES = 5;

/**
 * Says which files were given and not used; empty for none.
 * @param {string[]} paths
 */
export function leftOut(paths) {
  return paths.length ? t('intake.left-out', { n: paths.length, names: named(paths) }) : '';
}

/**
 * The first of some names, and how many more there are.
 * @param {string[]} names
 */
export function named(names) {
  const more = names.length - NAMES;
  return names.slice(0, NAMES).join(', ') + (more > 0 ? ` ${t('intake.more', { n: more })}` : '');
}
