import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import zlib from 'node:zlib';

const compress = promisify(zlib.brotliCompress);

/** @param {string[]} files @param {number} quality of brotli, to 11 */
async function total(files, quality) {
  let [bytes, brotli] = [0, 0];
  for (const file of files) {
    const data = await readFile(file);
    bytes += data.length;
    brotli += (await compress(data, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: quality } })).length;
  }
  return { bytes, brotli };
}

/** @param {string} dir @param {RegExp} like @returns {Promise<string[]>} */
async function find(dir, like) {
  const entries = await readdir(dir, { withFileTypes: true, recursive: true });
  return entries
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath ?? e.path, e.name))
    .filter((f) => like.test(f));
}

/**
 * What a visitor downloads, beside what the other runtime would need. Of the bundles a visitor downloads one, the
 * default. @param {{ dist: string, ort: string, models: import('./models.mjs').Models, quality: number }} options
 */
export async function sizes({ dist, ort, models, quality }) {
  const page = (await find(dist, /\.(html|css|js|svg)$/)).filter((f) => !/wasm|\.test\.js$/.test(f));
  const index = JSON.parse(await readFile(join(dist, 'models', 'index.json'), 'utf8'));
  const bundle = index.bundles.find((/** @type {{ id: string }} */ b) => b.id === index.default);
  const runtime = (/** @type {string[]} */ ...files) => files.map((file) => join(ort, file));
  /** @type {Record<string, string[]>} */
  const parts = {
    'page (HTML, CSS, JavaScript)': page,
    'engine, CPU': await find(join(dist, 'pkg/wasm/cpu'), /\.(js|wasm)$/),
    'engine, WebGPU': await find(join(dist, 'pkg/wasm/webgpu'), /\.(js|wasm)$/),
    'weights of both networks': [join(dist, 'models', bundle.file)],
    'onnxruntime-web, CPU': runtime('ort.wasm.min.mjs', 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'),
    'onnxruntime-web, WebGPU': runtime(
      'ort.webgpu.min.mjs',
      'ort-wasm-simd-threaded.asyncify.mjs',
      'ort-wasm-simd-threaded.asyncify.wasm',
    ),
  };
  if (models.same) parts['both networks as ONNX'] = models.files.map((file) => join(models.folder, file));
  const rows = [];
  for (const [name, files] of Object.entries(parts)) rows.push({ name, ...(await total(files, quality)) });
  return rows;
}
