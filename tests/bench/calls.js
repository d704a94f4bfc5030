/** A worker and its calls, answered in order. */
export class Calls {
  /** @param {string} file */
  constructor(file) {
    this.worker = new Worker(new URL(file, import.meta.url), { type: 'module' });
  }

  /** @param {object} message @param {Transferable[]} [given] @returns {Promise<any>} */
  ask(message, given = []) {
    return new Promise((resolve, reject) => {
      this.worker.onmessage = ({ data }) => ('error' in data ? reject(new Error(data.error)) : resolve(data.value));
      this.worker.onerror = (event) => reject(new Error(event.message));
      this.worker.postMessage(message, given);
    });
  }

  close() {
    this.worker.terminate();
  }
}
