import { numbersOf, overlayOn } from '../explain/save.js';
import { npy } from '../shared/npy.js';
import { zip } from '../shared/zip.js';
import { answerOf, questionOf } from '../what-if/select.js';
import { paintFigure } from './figure.js';

/**
 * @import { State } from '../app/state.js'
 * @import { Entry } from '../shared/zip.js'
 */

/** @param {string} text */
const bytesOf = (text) => new TextEncoder().encode(text);

/**
 * What `peerlight explain IMAGE --manifest manifest.json` needs to get the same numbers.
 * @param {State} state
 */
export async function manifestOf({ result, image, ask, engine, whatIf }) {
  const source = image.chosen?.source;
  if (!result || !source) return null;
  const digest = await crypto.subtle.digest('SHA-256', await source.arrayBuffer());
  const sha256 = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const { crop = null, across, down, ...request } = ask;
  const question = answerOf(whatIf) ? questionOf(whatIf) : null;
  return {
    version: 1,
    command: 'peerlight explain IMAGE --bundle BUNDLE --manifest manifest.json --out OUT',
    peerlight: engine.catalog?.version ?? '',
    bundle: result.bundle,
    image: { file: image.chosen?.name ?? '', sha256, width: result.image.width, height: result.image.height },
    crop,
    across,
    down,
    // The class is named also where it was chosen by itself.
    request: { ...request, target: result.target.class },
    what_if: question && { ...question, brush: Array.from(question.brush ?? []) },
  };
}

/**
 * A network's part of its files' names: its id, or with a number before it where the joint map has the name.
 * @param {string} id
 * @param {number} i
 */
export const partOf = (id, i) => (/^mutual(-raw)?$/i.test(id) ? `${i + 1}.${id}` : id);

/**
 * Everything about the image that is shown: raw maps for NumPy, overlays, a figure, the numbers, and the manifest.
 * @param {State} state
 * @returns {Promise<Blob | null>}
 */
export async function archiveOf(state) {
  const { result, whatIf } = state;
  const manifest = await manifestOf(state);
  if (!result || !manifest) return null;
  const { side, raw } = result;
  const entries = /** @type {Entry[]} */ ([
    { name: 'manifest.json', bytes: bytesOf(JSON.stringify(manifest, null, 2)) },
    { name: 'explanation.json', bytes: bytesOf(numbersOf(result)) },
    { name: 'maps/mutual.npy', bytes: npy(result.map, side, side) },
    { name: 'maps/mutual-raw.npy', bytes: npy(raw.values, raw.rows, raw.columns) },
    ...result.peers.map(({ id, map }, i) => ({ name: `maps/${partOf(id, i)}.npy`, bytes: npy(map, side, side) })),
  ]);
  await add(entries, 'overlays/mutual.png', await overlayOn(state, 'mutual'));
  for (const [i, { id }] of result.peers.entries()) {
    await add(entries, `overlays/${partOf(id, i)}.png`, await overlayOn(state, id));
  }
  await add(entries, 'figure.png', await paintFigure(state));
  const answer = answerOf(whatIf);
  if (answer) entries.push({ name: 'what-if.json', bytes: bytesOf(withoutPixels(answer)) });
  for (const { id, effects } of whatIf.effects.result?.peers ?? []) {
    if (!effects) continue;
    const values = Float32Array.from(effects.log_odds);
    entries.push({ name: `effects/${id}.npy`, bytes: npy(values, result.grid, result.grid) });
  }
  return zip(entries);
}

/**
 * @param {Entry[]} entries
 * @param {string} name
 * @param {Blob | null} blob
 */
async function add(entries, name, blob) {
  if (blob) entries.push({ name, bytes: new Uint8Array(await blob.arrayBuffer()) });
}

/** @param {unknown} value */
const withoutPixels = (value) => JSON.stringify(value, (_, part) => (part instanceof Uint8Array ? undefined : part), 2);
