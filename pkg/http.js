/** What servers answer, and how it is read. */

/**
 * The length of the body as it will be read; 0 when it is compressed on the way or not given. From another origin the
 * length may be that of a compressed body, since the header that would tell so is hidden.
 *
 * @param {Response} response
 */
export function plainLength(response) {
  return response.headers.get('content-encoding') ? 0 : Number(response.headers.get('content-length')) || 0;
}

/** Browsers hide from a page why another site's answer was withheld. */
export const CORS =
  'Check the connection. If the file is on another site, that must allow this page (Access-Control-Allow-Origin).';

/** Whether a file begins as a web page does. @param {Uint8Array} bytes */
export function looksLikePage(bytes) {
  return /^\s*<(!doctype html|html)/i.test(new TextDecoder().decode(bytes.subarray(0, 200)));
}

/** Many servers answer with their start page where there is no file. @param {string} what */
export const notThere = (what) => ({
  code: 'download-failed',
  message: `The server answered with a web page instead of ${what}: the file is not where it was looked for.`,
  help: 'Check the address, and that the file was put on the server.',
});
