/**
 * What each error code means and what to do about it, in the words of `peerlight catalog`. A copy, because errors arise
 * before the engine and its catalog are there; `tests/help.test.mjs` compares it with the original.
 *
 * @type {Record<string, string>}
 */
export const HELP = {
  'image-empty': 'The image has no pixels. Choose another one.',
  'image-too-large': 'The image is larger than can be held in memory. Scale it down first.',
  'image-broken': 'The file is not an image that can be read: it is broken, or of another kind.',
  'bundle-truncated': 'The weight file ends too early. Download it again.',
  'bundle-invalid':
    'The weight file does not hold what it should: wrong shapes, names or numbers. ' +
    'Use a bundle made by `peerlight import` or `peerlight train`.',
  'bundle-hash': 'The weight file is not the one that was announced: its sha256 differs. Download it again.',
  'bundle-version': 'The weight file is of a newer format than this program reads. Update the program.',
  'ask-invalid': 'A setting is out of its range.',
  'device-unavailable': 'The device cannot be used here. Another one is chosen where there is one.',
  'device-self-test': 'The device computes wrong results: it failed the known-answer test and is not used.',
  'device-lost': 'The device went away while computing. The work goes on on another one.',
  'out-of-memory': 'There is not enough memory for this. Close other pages, or use a smaller image.',
  cancelled: 'The work was cancelled.',
  'download-failed': 'The download failed or was interrupted. Try again.',
  crashed: 'The engine stopped unexpectedly and was started again. Try again; if it recurs, report the image.',
};
