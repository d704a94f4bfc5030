/**
 * A square map at another size, by linear interpolation between the centers of its values.
 * @param {Float32Array} map
 * @param {number} from
 * @param {number} to
 */
export function resized(map, from, to) {
  if (from === to) return map;
  const at = Array.from({ length: to }, (_, i) => {
    const x = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
    const low = Math.floor(x);
    return { low, high: Math.min(from - 1, low + 1), t: x - low };
  });
  const [low, high] = [at.map((a) => a.low), at.map((a) => a.high)].map((all) => Uint16Array.from(all));
  const t = Float32Array.from(at, (a) => a.t);
  const between = (/** @type {number} */ a, /** @type {number} */ b, /** @type {number} */ k) => a + (b - a) * k;
  // First along the rows, then along the columns.
  const wide = new Float32Array(from * to);
  for (let i = 0; i < wide.length; i += 1) {
    const [row, x] = [Math.floor(i / to) * from, i % to];
    wide[i] = between(map[row + (low?.[x] ?? 0)] ?? 0, map[row + (high?.[x] ?? 0)] ?? 0, t[x] ?? 0);
  }
  const out = new Float32Array(to * to);
  for (let y = 0; y < to; y += 1) {
    const [above, below, k] = [(low?.[y] ?? 0) * to, (high?.[y] ?? 0) * to, t[y] ?? 0];
    for (let x = 0; x < to; x += 1) out[y * to + x] = between(wide[above + x] ?? 0, wide[below + x] ?? 0, k);
  }
  return out;
}
