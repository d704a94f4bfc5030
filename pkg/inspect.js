import { checkInspect, checkModel } from './check.js';
import { asError } from './errors.js';
import { readModel } from './networks.js';
import { spawnFrom } from './spawn.js';
import { WorkerClient } from './worker-client.js';

/** @import { InspectOptions, Model, NetworkInspection } from './index.js' */

/**
 * Says what is in a file with a network, in a worker of its own: its memory goes with it.
 * @param {Model} model
 * @param {InspectOptions & { spawn?: (kind: 'cpu') => any }} [options]
 * @returns {Promise<NetworkInspection>}
 */
export async function inspectNetwork(model, options) {
  checkModel(model);
  const { signal, onProgress, base, spawn } = checkInspect(options);
  const file = await readModel(model, signal, (loaded, total) =>
    onProgress?.({ stage: 'weights', loaded, total, text: 'Loading the file' }),
  );
  const worker = new WorkerClient('cpu', { spawn: spawn ?? spawnFrom(base) });
  try {
    return await worker.call('inspect', { kind: 'cpu', ...file }, { signal, onProgress });
  } catch (thrown) {
    throw asError(thrown);
  } finally {
    worker.close();
  }
}
