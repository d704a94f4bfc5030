/**
 * What each error code means and what to do about it, in the words of `peerlight catalog`. A copy, because errors arise
 * before the engine and its catalog are there; `tests/help.test.mjs` compares it with the original.
 *
 * @type {Record<string, string>}
 */
export const HELP = {
  'image-empty': 'The image has no pixels. Choose another one.',
  'image-too-large': 'The image is too large to hold in memory. Scale it down first.',
  'image-broken': 'The file cannot be read as an image. It is damaged or of another kind.',
  'bundle-truncated': 'The weight file ends too early. Download it again.',
  'bundle-invalid':
    'The weight file has wrong shapes, names or numbers. ' +
    'Use a bundle made by `peerlight import` or `peerlight train`.',
  'bundle-hash': 'The weight file is not the expected one: its sha256 differs. Download it again.',
  'bundle-version': 'The weight file has a newer format than this program reads. Update the program.',
  'network-unsupported':
    'The network has a part that is not supported. The message names it and says how to export without it.',
  'ask-invalid': 'A setting is out of range, or settings contradict each other. The message says what is allowed.',
  'device-unavailable': 'The device cannot be used here. Peerlight tries another one.',
  'device-self-test': 'The device computes wrong results: it failed the self-test and is not used.',
  'device-lost': 'The device stopped responding. The work continues on another one.',
  'out-of-memory': 'There is not enough memory. Close other programs or pages, or use a smaller image.',
  cancelled: 'The work was cancelled.',
  'download-failed': 'The download failed or was interrupted. Try again.',
  crashed: 'The engine stopped unexpectedly and was restarted. Try again. If it happens again, report the image.',
  internal: 'The program met a state that should be impossible. Report what led to it.',
};
