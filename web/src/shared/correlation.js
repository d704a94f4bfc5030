/**
 * Pearson's correlation; null where one of the two is flat.
 * @param {ArrayLike<number>} a
 * @param {ArrayLike<number>} b
 */
export function correlation(a, b) {
  const n = a.length;
  let [sumA, sumB] = [0, 0];
  for (let i = 0; i < n; i += 1) {
    sumA += a[i] ?? 0;
    sumB += b[i] ?? 0;
  }
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < n; i += 1) {
    const [x, y] = [(a[i] ?? 0) - sumA / n, (b[i] ?? 0) - sumB / n];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 1e-12 * n && bb > 1e-12 * n ? ab / Math.sqrt(aa * bb) : null;
}
