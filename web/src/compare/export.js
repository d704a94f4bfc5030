import { quoted } from '../shared/csv.js';
import { download } from '../shared/download.js';
import { fileName } from '../shared/format.js';
import { curvesOf, scoresOf, settingsOf } from './select.js';
import { picked } from './state.js';
import { cardOf } from './work.js';

/**
 * @import { State } from '../app/state.js'
 * @import { Card } from './work.js'
 * @import { Method } from 'peerlight'
 */

/**
 * Saves the comparison.
 * @param {State} state
 * @param {'json' | 'csv'} kind
 */
export function saveComparison(state, kind) {
  const table = tableOf(state);
  const file =
    kind === 'json'
      ? new Blob([JSON.stringify(table, null, 2)], { type: 'application/json' })
      : new Blob([csvOf(table)], { type: 'text/csv' });
  download(file, fileName(state.image.chosen?.name ?? '', `methods.${kind}`));
}

/**
 * The comparison as plain data: every method that has a map, with its cost and its scores in every masking.
 * @param {State} state
 */
export function tableOf(state) {
  const { engine, comparison, image, result } = state;
  const all = engine.info?.peers ?? [];
  const peers = comparison.peer === null ? all : all.slice(comparison.peer, comparison.peer + 1);
  return {
    version: 1,
    image: image.chosen?.name ?? '',
    crop: result?.image.crop ?? null,
    bundle: engine.info && { name: engine.info.name, sha256: engine.info.sha256 },
    device: engine.device?.kind ?? '',
    explained: peers.map((peer) => peer.id),
    box: comparison.box,
    rows: picked(state).flatMap((method) => rowOf(state, method, cardOf(comparison, method.id))),
  };
}

/**
 * @param {State} state
 * @param {Method} method
 * @param {Card} card
 */
function rowOf(state, method, card) {
  const { map, sanity } = card;
  if (!map.value) return [];
  const { cost, ms, blank, target, versus, peers } = map.value;
  const scores = scoresOf(card).map(({ id, masking, value }) => [masking ? `${id}:${masking}` : id, value]);
  return [
    {
      method: method.id,
      name: method.name,
      settings: settingsOf(state, method),
      layers: peers.map((peer) => peer.layers),
      target: target.class,
      label: target.label,
      versus,
      ...cost,
      milliseconds: ms,
      blank,
      figures: /** @type {Record<string, number | null>} */ (Object.fromEntries(scores)),
      curves: curvesOf(card).map(({ id, x, y }) => ({ id, x: [...x], y: [...y] })),
      sanity: sanity.value && { unchanged: sanity.value.unchanged, layers: sanity.value.layers },
    },
  ];
}

/**
 * The table as comma-separated values, without the curves.
 * @param {ReturnType<typeof tableOf>} table
 */
export function csvOf({ rows, explained }) {
  const lines = rows.map((row) => ({
    method: row.method,
    name: row.name,
    settings: Object.entries(row.settings)
      .map(([id, value]) => `${id}=${value}`)
      .join(':'),
    explained: explained.join('+'),
    target: row.label,
    versus: row.versus?.class,
    forward: row.forward,
    partial: row.partial,
    backward: row.backward,
    milliseconds: row.milliseconds,
    blank: row.blank,
    ...row.figures,
    unchanged_by_shuffling: row.sanity?.unchanged,
  }));
  const heads = [...new Set(lines.flatMap((line) => Object.keys(line)))];
  const texts = lines.map((line) => heads.map((head) => /** @type {Record<string, any>} */ (line)[head] ?? ''));
  return [heads, ...texts].map((line) => `${line.map(quoted).join(',')}\r\n`).join('');
}
