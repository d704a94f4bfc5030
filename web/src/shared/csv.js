/**
 * A field of comma-separated values: quoted where needed; what a spreadsheet would take for a formula is not one.
 * @param {unknown} value
 */
export function quoted(value) {
  const text = typeof value === 'string' && /^\s*[=+@\-＝＋－＠]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
