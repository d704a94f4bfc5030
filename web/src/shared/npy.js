/**
 * Numbers as NumPy keeps them in a file (format 1.0): `numpy.load` gives them back, bit by bit.
 * @param {Float32Array} values row by row
 * @param {number} rows
 * @param {number} columns
 */
export function npy(values, rows, columns) {
  const about = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  // Magic, version and length take ten bytes; the values begin at a multiple of 64.
  const padding = 64 - ((10 + about.length + 1) % 64 || 64);
  const head = `${about}${' '.repeat(padding)}\n`;
  const bytes = new Uint8Array(10 + head.length + 4 * values.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  const view = new DataView(bytes.buffer);
  view.setUint16(8, head.length, true);
  bytes.set(new TextEncoder().encode(head), 10);
  values.forEach((value, i) => view.setFloat32(10 + head.length + 4 * i, value, true));
  return bytes;
}
