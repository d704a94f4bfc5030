export { openEngine } from './client.js';
export { inspectNetwork } from './inspect.js';
export { findBundle, listBundles } from './weights.js';
export { inspect, preview } from './decode.js';
export { readText } from './text.js';
export { PeerlightError } from './errors.js';
