import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { HELP } from '../pkg/help.js';

test("help.js has the catalog's words", async () => {
  const source = await readFile(new URL('../crates/peerlight-core/src/error.rs', import.meta.url), 'utf8');
  const rows = source.matchAll(/^ {4}\w+\s+"([a-z-]+)"\s+"([^"]+)"$/gm);
  const joined = (text) => text.replace(/\\\n\s*/g, ''); // Rust's strings go on after a backslash.
  const words = new Map(Array.from(rows, ([, code, help]) => [code, joined(help)]));
  assert.ok(words.size >= Object.keys(HELP).length, 'the table was found');
  for (const [code, help] of Object.entries(HELP)) assert.equal(help, words.get(code), code);
});
