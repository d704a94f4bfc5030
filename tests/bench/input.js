/** The image as our client takes it, and its square as the other runtime takes it. */
export async function input() {
  const image = await (await fetch('/samples/cat.jpg')).blob();
  const side = 224;
  const bitmap = await createImageBitmap(image, { colorSpaceConversion: 'none' });
  const square = 0.875 * Math.min(bitmap.width, bitmap.height);
  const pen = new OffscreenCanvas(side, side).getContext('2d');
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(bitmap, (bitmap.width - square) / 2, (bitmap.height - square) / 2, square, square, 0, 0, side, side);
  const { data } = pen.getImageData(0, 0, side, side);
  const tensor = new Float32Array(3 * side * side);
  for (let i = 0; i < side * side; i += 1)
    for (let c = 0; c < 3; c += 1) tensor[c * side * side + i] = (data[4 * i + c] - 127) / 128;
  return { image, tensor, side, pixels: new Uint8Array(data.buffer) };
}
