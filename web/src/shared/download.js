/**
 * Saves a file.
 * @param {Blob} blob
 * @param {string} name
 */
export function download(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser reads the address after the click; a while later it needs it no more.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
