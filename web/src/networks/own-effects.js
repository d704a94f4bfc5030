import { PeerlightError, inspectNetwork } from 'peerlight';
import { failure } from '../shared/failure.js';
import { refusal } from '../shared/refusal.js';
import { findKept, forget, keep, listKept } from './kept.js';
import { stem, usable } from './choice.js';
import { joined, together, unknownOf, unusedOf } from './files.js';
import { sorted } from './given.js';
import { saidBy } from './said-by.js';
import { prepare } from './spawn.js';
import { t } from '../words/index.js';

/**
 * @import { Store } from '../app/store.js'
 * @import { Choice, ChoiceState, DraftFile } from './choice.js'
 * @import { Failure } from '../shared/refusal.js'
 * @import { DeviceKind, Model } from 'peerlight'
 */

/** Changes in quick succession (typing a size) are looked at once. */
const SETTLE_MS = 250;

/**
 * Reads the files of one's own networks, and keeps and forgets them.
 * @param {Store} store
 * @param {(kind: DeviceKind) => Worker} spawn
 */
export function runOwnNetworks(store, spawn) {
  const { dispatch } = store;
  /** What is being looked at, by the file's key. @type {Map<number, AbortController>} */
  const looking = new Map();
  /** One file at a time: each takes a worker, and memory of twice its size. */
  let turn = Promise.resolve();
  /** Files that were downloaded, by the file's key. @type {Map<number, Promise<Blob>>} */
  const files = new Map();

  /**
   * Looks into the files that are new or changed.
   * @param {DraftFile[]} draft
   * @param {DraftFile[]} before
   */
  function look(draft, before) {
    for (const file of draft) {
      const old = before.find(({ key }) => key === file.key);
      if (file.serial !== old?.serial) next(file, old ? SETTLE_MS : 0);
    }
    for (const { key } of before) {
      if (draft.some((file) => file.key === key)) continue;
      looking.get(key)?.abort();
      files.delete(key);
    }
  }

  /**
   * What a file says of one network.
   * @param {number} key
   * @param {File[]} files
   */
  async function takeFor(key, [file]) {
    const said = await saidBy(/** @type {File} */ (file));
    if ('code' in said) dispatch({ type: 'networks-trouble', error: said });
    else dispatch({ type: 'draft-changed', key, options: said.options, saidBy: said.name });
  }

  /**
   * Gets networks ready, with what is said of them. What is not used is told.
   * @param {ChoiceState['given']} given
   */
  async function take({ files, others, about }) {
    if (about !== undefined) return takeFor(about, files);
    const { draft } = store.state.choice;
    const { networks, labels, foreign, others: unknown } = sorted(files);
    const out = unknownOf([...unknown, ...others]);
    const refuse = (/** @type {(Failure | null)[]} */ ...all) => {
      const error = together(all);
      if (error) dispatch({ type: 'networks-trouble', error });
    };
    if (!networks.length && (!labels.length || !draft.length)) {
      const name = unknown[0] ?? labels[0]?.name ?? '';
      return refuse(
        foreign ?? refusal('network-unsupported', 'networks.no-network', 'networks.no-network.help', { name }),
      );
    }
    const read = await Promise.all(labels.map(saidBy));
    const said = joined(read.filter((found) => 'options' in found));
    const sources = networks.map((source) => ({ name: source.name, source }));
    dispatch({ type: 'draft-added', files: sources, said });
    refuse(...read.filter((found) => 'code' in found), unusedOf(sources, said, draft), out, foreign);
  }

  /**
   * @param {DraftFile} file
   * @param {number} wait
   */
  async function next(file, wait) {
    looking.get(file.key)?.abort();
    const look = new AbortController();
    looking.set(file.key, look);
    if (wait) await new Promise((resolve) => setTimeout(resolve, wait));
    turn = turn.then(() => inspect(file, look.signal));
  }

  /**
   * @param {DraftFile} file
   * @param {AbortSignal} signal
   */
  async function inspect(file, signal) {
    if (signal.aborted) return;
    const { key, serial, options } = file;
    try {
      const source = await blobOf(file);
      const found = await inspectNetwork({ file: stem(file.name), ...options, source }, { signal, spawn });
      dispatch({ type: 'draft-found', key, serial, found, size: source.size });
      prepare(); // To open it, or for the next file.
    } catch (thrown) {
      if (!signal.aborted) dispatch({ type: 'draft-refused', key, serial, error: failure(thrown) });
    }
  }

  /** @param {DraftFile} file */
  function blobOf({ key, source }) {
    if (source instanceof Blob) return source;
    const known = files.get(key);
    if (known) return known;
    const file = download(source);
    files.set(key, file);
    file.catch(() => files.delete(key)); // To be tried again.
    return file;
  }

  return {
    take,
    look,

    /**
     * What the engine opens for a choice.
     * @param {Exclude<Choice, { kind: 'shipped' }>} choice
     * @param {ChoiceState} state
     * @returns {Promise<Model[]>}
     */
    models: async (choice, state) =>
      choice.kind === 'kept'
        ? findKept(choice.id)
        : Promise.all(
            usable(state).map(async (file) => ({ file: stem(file.name), ...file.options, source: await blobOf(file) })),
          ),

    /**
     * @param {string} name
     * @param {Model[]} models
     * @returns {Promise<Choice>} what is then open
     */
    async keep(name, models) {
      const files = models.map(({ source, ...options }) => ({ source: /** @type {Blob} */ (source), options }));
      const id = await keep(name, files);
      dispatch({ type: 'networks-kept', kept: await listKept() });
      return { kind: 'kept', id };
    },

    /** @param {string} id */
    async forget(id) {
      await forget(id);
      dispatch({ type: 'networks-kept', kept: await listKept() });
    },
  };
}

/** @param {URL} url */
async function download(url) {
  const response = await fetch(url).catch(() => null);
  if (response?.ok) return response.blob();
  const why = response
    ? t('networks.answered', { code: response.status, path: url.pathname })
    : t('networks.unconnected', { host: url.host });
  throw new PeerlightError('download-failed', why);
}
