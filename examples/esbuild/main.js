import { start } from './app.js';

// rollup.config.js (or build.mjs, for esbuild) puts the package's files there.
start({ base: 'peerlight/' });
