import { cpSync } from 'node:fs';
import resolve from '@rollup/plugin-node-resolve';

/** Rollup moves no workers, so the package's files are served as they are, from a folder of their own. */
const copyPackage = {
  name: 'copy-peerlight',
  writeBundle: ({ dir }) => cpSync('node_modules/peerlight', `${dir}/peerlight`, { recursive: true }),
};

export default {
  input: 'main.js',
  output: { dir: 'dist', format: 'es' },
  plugins: [resolve({ browser: true }), copyPackage],
};
