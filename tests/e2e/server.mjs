import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { gzipSync } from 'node:zlib';

/**
 * @import { IncomingMessage, ServerResponse } from 'node:http'
 * @import { AddressInfo } from 'node:net'
 */

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
};

/**
 * What a server may do wrong. `times`: how often, without end by default.
 * @typedef {'missing' | 'short' | 'flip' | 'drop' | 'slow' | 'hold' | 'page'} FaultKind
 * @typedef {{ path: RegExp, kind: FaultKind, times?: number }} Fault
 *
 * @typedef {object} Options
 * @property {string} root
 * @property {Fault[]} [faults]
 * @property {Record<string, (text: string) => string>} [edits] rewrite files by their path
 * @property {Record<string, string>} [headers]
 * @property {Record<string, string>} [types] other kinds of content for some endings
 * @property {boolean | RegExp} [gzip] compress everything, or the files with such paths
 * @property {boolean} [bare] send no headers but the kind of content
 * @property {Record<string, string>} [mounts] serve other folders under a prefix
 */

/** A static server of this machine's own that can fail on demand. */
export class Server {
  /** @type {{ path: string, kind: string }[]} */
  asked = [];
  /** @type {(() => void)[]} */
  #held = [];

  /** @param {Options} options */
  constructor({ root, faults = [], edits = {}, headers = {}, types = {}, gzip = false, bare = false, mounts = {} }) {
    Object.assign(this, { root, edits, headers, gzip, bare, mounts, types: { ...TYPES, ...types } });
    this.faults = faults;
    this.server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  async start() {
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', () => resolve(undefined)));
    this.origin = `http://localhost:${/** @type {AddressInfo} */ (this.server.address()).port}`;
    return this;
  }

  stop() {
    this.release();
    this.server.closeAllConnections();
    this.server.close();
  }

  /** Answers everything that was held back, and holds back no more. */
  release() {
    this.faults = this.faults.filter((f) => f.kind !== 'hold');
    for (const go of this.#held.splice(0)) go();
  }

  /**
   * How often a file was asked for.
   * @param {RegExp} path
   */
  count(path) {
    return this.asked.filter((a) => path.test(a.path)).length;
  }

  /**
   * @param {IncomingMessage} request
   * @param {ServerResponse} response
   */
  async #answer(request, response) {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname);
    const fault = this.faults.find((f) => f.path.test(path) && (f.times ?? 1) > 0);
    if (fault?.times) fault.times -= 1;
    const kind = fault?.kind ?? '';
    this.asked.push({ path, kind });
    if (kind === 'hold') await new Promise((resolve) => this.#held.push(() => resolve(undefined)));

    // As many hosts do where there is no file.
    if (kind === 'page') {
      const text = '<!doctype html>\n<html><body>Start</body></html>';
      return response.writeHead(200, { ...this.headers, 'content-type': 'text/html; charset=utf-8' }).end(text);
    }

    const file = kind === 'missing' ? null : await this.#read(path);
    const usual = this.bare ? {} : { 'cache-control': 'no-store', 'access-control-allow-origin': '*' };
    const headers = { ...usual, ...this.headers };
    if (!file) return response.writeHead(404, headers).end();
    const gzip = this.gzip instanceof RegExp ? this.gzip.test(path) : this.gzip;
    const body = gzip ? gzipSync(spoil(file, kind)) : spoil(file, kind);
    response.writeHead(200, {
      ...headers,
      ...(gzip ? { 'content-encoding': 'gzip' } : {}),
      'content-type': this.types[extname(path) || '.html'] ?? 'application/octet-stream',
      ...(this.bare ? {} : { 'content-length': body.length }),
    });
    if (kind === 'drop') {
      response.write(body.subarray(0, body.length >> 1), () => response.destroy());
    } else if (kind === 'slow') {
      for (let at = 0; at < body.length && !response.destroyed; at += 1 << 18) {
        response.write(body.subarray(at, at + (1 << 18)));
        await new Promise((resolve) => setTimeout(resolve, 40));
      }
      response.end();
    } else response.end(body);
  }

  /**
   * @param {string} path
   * @returns {Promise<Buffer | null>}
   */
  async #read(path) {
    const inside = normalize(path)
      .replace(/^\/+/, '')
      .replace(/(^|\/)$/, '$1index.html');
    const mount = Object.keys(this.mounts).find((m) => inside.startsWith(m));
    const file = mount ? join(this.mounts[mount], inside.slice(mount.length)) : join(this.root, inside);
    const body = await readFile(file).catch(() => null);
    const edit = this.edits[inside];
    return body && edit ? Buffer.from(edit(body.toString())) : body;
  }
}

/**
 * @param {Buffer} file
 * @param {string} kind
 */
function spoil(file, kind) {
  if (kind === 'short') return file.subarray(0, file.length >> 1);
  if (kind !== 'flip') return file;
  const copy = Buffer.from(file);
  copy[copy.length >> 1] ^= 0x10;
  return copy;
}
