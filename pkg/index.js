export { openEngine } from './client.js';
export { findBundle } from './weights.js';
export { inspect, preview } from './decode.js';
export { PeerlightError } from './errors.js';
