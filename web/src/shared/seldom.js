/** Between two reports of progress: to draw each costs the processor what the networks are in need of. */
const SELDOM_MS = 100;

/**
 * Tells of progress ten times a second at most, the first time at once.
 * @template T
 * @param {(progress: T) => void} tell
 * @param {(progress: T) => boolean} [always] whether this must be told
 * @returns {(progress: T) => void}
 */
export function seldom(tell, always = () => false) {
  let next = 0;
  return (progress) => {
    if (performance.now() < next && !always(progress)) return;
    next = performance.now() + SELDOM_MS;
    tell(progress);
  };
}
