import { cardOf, picked } from './gallery.js';
import { curvesOf, figuresOf, settingsOf } from './gallery-view.js';

/**
 * The comparison as plain data: every method that has a map, with its cost and figures in every masking.
 * @param {import('./state.js').State} state
 */
export function comparison(state) {
  const { engine, gallery, image, result } = state;
  const peers = gallery.peer === null ? (engine.info?.peers ?? []) : [engine.info?.peers[gallery.peer]];
  const rows = picked(state).flatMap((method) => {
    const card = cardOf(gallery, method.id);
    const { map, sanity } = card;
    if (!map.value) return [];
    const { cost, ms, blank, target, contrast, stages } = map.value;
    const measured = figuresOf(card).map(({ id, masking, value }) => [masking ? `${id}:${masking}` : id, value]);
    return [
      {
        method: method.id,
        name: method.name,
        settings: settingsOf(state, method),
        stages: [...stages],
        target: target.class,
        label: target.label,
        contrast,
        ...cost,
        milliseconds: ms,
        blank,
        figures: /** @type {Record<string, number | null>} */ (Object.fromEntries(measured)),
        curves: curvesOf(card).map(({ id, x, y }) => ({ id, x: [...x], y: [...y] })),
        sanity: sanity.value && { unchanged: sanity.value.unchanged, layers: sanity.value.layers },
      },
    ];
  });
  return {
    version: 1,
    image: image.chosen?.name ?? '',
    crop: result?.image.crop ?? null,
    bundle: engine.info && { name: engine.info.name, sha256: engine.info.sha256 },
    device: engine.device?.kind ?? '',
    explained: peers.map((p) => p?.id ?? ''),
    box: gallery.box,
    rows,
  };
}

/** The same as lines of comma-separated values, without the curves. @param {ReturnType<typeof comparison>} table */
export function csv({ rows, explained }) {
  const ids = [...new Set(rows.flatMap((r) => Object.keys(r.figures)))];
  const heads = [
    'method',
    'name',
    'settings',
    'explained',
    'target',
    'contrast',
    'forward',
    'partial',
    'backward',
    'milliseconds',
    'blank',
    ...ids,
    'unchanged_by_shuffling',
  ];
  const lines = rows.map((r) => [
    r.method,
    r.name,
    Object.entries(r.settings)
      .map(([id, v]) => `${id}=${v}`)
      .join(':'),
    explained.join('+'),
    r.label,
    r.contrast?.class ?? '',
    r.forward,
    r.partial,
    r.backward,
    r.milliseconds,
    r.blank,
    ...ids.map((id) => r.figures[id] ?? ''),
    r.sanity?.unchanged ?? '',
  ]);
  return [heads, ...lines].map((line) => line.map(quoted).join(',')).join('\r\n') + '\r\n';
}

/** Quoted where needed; what a spreadsheet would take for a formula is not one. @param {string | number | boolean} value */
function quoted(value) {
  const text = typeof value === 'string' && /^[=+@-]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
