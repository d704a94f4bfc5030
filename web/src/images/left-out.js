import { t } from '../words/index.js';

/** So many files are named. */
const NAMES = 5;

/**
 * Says which files were given and not used; empty for none.
 * @param {string[]} paths
 */
export function leftOut(paths) {
  if (!paths.length) return '';
  const more = paths.length - NAMES;
  const names = paths.slice(0, NAMES).join(', ') + (more > 0 ? ` ${t('intake.more', { n: more })}` : '');
  return t('intake.left-out', { n: paths.length, names });
}
