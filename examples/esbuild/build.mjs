import { cp } from 'node:fs/promises';
import { build } from 'esbuild';

await build({ entryPoints: ['main.js'], bundle: true, format: 'esm', outdir: 'dist', minify: true });
// esbuild moves no workers, so the package's files are served as they are, from a folder of their own.
await cp('node_modules/peerlight', 'dist/peerlight', { recursive: true });
