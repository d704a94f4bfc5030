import { start } from './app.js';

start({ spawn: () => new Worker(new URL('./peers.js', import.meta.url), { type: 'module' }) });
