import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import zlib from 'node:zlib';

const brotli = promisify(zlib.brotliCompress);

/** @param {string[]} files */
async function total(files) {
  let [bytes, packed] = [0, 0];
  for (const file of files) {
    const data = await readFile(file);
    bytes += data.length;
    packed += (await brotli(data, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 9 } })).length;
  }
  return { bytes, brotli: packed };
}

/** @param {string} dir @param {RegExp} like @returns {Promise<string[]>} */
async function find(dir, like) {
  const entries = await readdir(dir, { withFileTypes: true, recursive: true });
  return entries
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath ?? e.path, e.name))
    .filter((f) => like.test(f));
}

/** What a visitor downloads, beside what the other runtime would need. @param {{ dist: string, ort: string, onnx: string }} folders */
export async function sizes({ dist, ort, onnx }) {
  const page = (await find(dist, /\.(html|css|js|svg)$/)).filter((f) => !/wasm|\.test\.js$/.test(f));
  const parts = {
    'page (HTML, CSS, JavaScript)': page,
    'engine, CPU': await find(join(dist, 'pkg/wasm/cpu'), /\.(js|wasm)$/),
    'engine, WebGPU': await find(join(dist, 'pkg/wasm/webgpu'), /\.(js|wasm)$/),
    'weights of both networks': await find(join(dist, 'models'), /\.safetensors$/),
    'onnxruntime-web, CPU': ['ort.wasm.min.mjs', 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'].map((f) =>
      join(ort, f),
    ),
    'onnxruntime-web, WebGPU': [
      'ort.webgpu.min.mjs',
      'ort-wasm-simd-threaded.asyncify.mjs',
      'ort-wasm-simd-threaded.asyncify.wasm',
    ].map((f) => join(ort, f)),
    'both networks as ONNX': ['lite0.onnx', 'lite1.onnx'].map((f) => join(onnx, f)),
  };
  const rows = [];
  for (const [name, files] of Object.entries(parts)) rows.push({ name, ...(await total(files)) });
  return rows;
}
