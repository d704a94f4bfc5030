/**
 * @import { Action, State } from '../app/state.js'
 * @import { Failure } from '../shared/refusal.js'
 * @import { BundleEntry, Model, NetworkInspection } from 'peerlight'
 */

/**
 * Which networks are wanted, and those of one's own that are being got ready.
 *
 * @typedef {{ kind: 'shipped' | 'kept', id: string } | { kind: 'own' }} Choice
 * @typedef {Omit<Model, 'source'>} Options
 * @typedef {{ name: string, source: Blob | URL }} NetworkSource
 * @typedef {{ name: string, options: Options, wants?: string }} Said what a file that comes with networks says of them,
 *   and the file of labels that it names
 *
 * @typedef {object} DraftFile a file of one's own that is read and set up, but not open yet
 * @property {number} key
 * @property {string} name
 * @property {Blob | URL} source
 * @property {number} size in bytes; 0 while it is unknown
 * @property {Options} options only what the person, or a file beside it, said
 * @property {string} saidBy the file that its labels, or more, come from
 * @property {string} wants the file of labels that this one names, while it was not given
 * @property {number} serial grows with every change of the options
 * @property {'reading' | 'ready' | 'refused'} phase
 * @property {NetworkInspection | null} found
 * @property {Failure | null} error
 *
 * @typedef {object} Kept networks that stay on this device
 * @property {string} id
 * @property {string} name
 * @property {number} size in bytes
 *
 * @typedef {object} ChoiceState
 * @property {BundleEntry[]} shipped
 * @property {string} standard id of the shipped bundle that is opened unasked
 * @property {Kept[]} kept
 * @property {Choice | null} wanted null: the standard one
 * @property {Choice | null} open what the engine has
 * @property {{ files: File[], others: string[], about?: number }} given files with networks or about them, unread;
 *   the paths of what came along and is neither; and the key of the one file that they are about, if they are
 * @property {DraftFile[]} draft
 * @property {string} forgotten the id of those that were forgotten last
 * @property {boolean} keep whether one's own networks are to stay on this device
 * @property {boolean} shown whether the panel is open
 * @property {Failure | null} error of what was dropped, or of keeping
 *
 * @typedef {{ type: 'networks-listed', shipped: BundleEntry[], standard: string }
 *   | { type: 'networks-kept', kept: Kept[] }
 *   | { type: 'networks-shown', shown: boolean }
 *   | { type: 'networks-chosen', choice: Choice }
 *   | { type: 'networks-keep', keep: boolean }
 *   | { type: 'networks-forget', id: string }
 *   | { type: 'networks-stay', choice: Choice }
 *   | { type: 'networks-trouble', error: Failure }
 *   | { type: 'networks-given', files: File[], others?: string[], about?: number }
 *   | { type: 'draft-added', files: NetworkSource[], said?: Said[] }
 *   | { type: 'draft-changed', key: number, options: Options, saidBy?: string }
 *   | { type: 'draft-removed', key: number }
 *   | { type: 'draft-found', key: number, serial: number, found: NetworkInspection, size: number }
 *   | { type: 'draft-refused', key: number, serial: number, error: Failure }} ChoiceAction
 */

/** @type {ChoiceState} */
export const noChoice = {
  shipped: [],
  standard: '',
  kept: [],
  wanted: null,
  open: null,
  given: { files: [], others: [] },
  draft: [],
  forgotten: '',
  keep: false,
  shown: false,
  error: null,
};

/** Whether this browser can keep anything: it does on https and localhost, outside of private windows. */
export const canKeep = () => 'caches' in globalThis;

/** The most networks that are opened together. */
export const MOST = 8;

/**
 * @param {State} page
 * @param {Action} action
 * @returns {State}
 */
export function reduceChoice(page, action) {
  const choice = reduceNetworksChoice(page.choice, action);
  return choice === page.choice ? page : { ...page, choice };
}

/**
 * @param {ChoiceState} choice
 * @param {Action} action
 * @returns {ChoiceState}
 */
function reduceNetworksChoice(choice, action) {
  switch (action.type) {
    case 'networks-listed':
      return { ...choice, shipped: action.shipped, standard: action.standard };
    case 'networks-kept':
      return { ...choice, kept: action.kept };
    case 'networks-shown':
      return { ...choice, shown: action.shown };
    case 'networks-chosen':
      return { ...choice, wanted: action.choice, error: null };
    case 'networks-keep':
      return { ...choice, keep: action.keep };
    case 'networks-stay':
      return { ...choice, open: action.choice, wanted: action.choice, draft: [], keep: false };
    case 'networks-forget': {
      const { open } = choice;
      const gone = open?.kind === 'kept' && open.id === action.id;
      return { ...choice, forgotten: action.id, open: gone ? { kind: 'own' } : open };
    }
    case 'networks-trouble':
      return { ...choice, shown: true, error: action.error };
    case 'engine-ready':
      return { ...choice, open: action.choice, wanted: action.choice, shown: false, error: null };
    case 'engine-failed':
    case 'engine-cancel':
      // What is open stays; a page that has nothing tries the same again.
      return choice.open ? { ...choice, wanted: choice.open } : choice;

    case 'networks-given': {
      const { files, others = [], about } = action;
      return { ...choice, given: { files, others, about }, shown: true, error: null };
    }
    case 'draft-added':
      return { ...choice, draft: added(choice.draft, action), shown: true, error: null };
    case 'draft-changed': {
      const { key, options, saidBy = '' } = action;
      return withFile(choice, key, (file) => ({
        ...file,
        options: { ...file.options, ...options },
        ...('labels' in options || 'beside' in options ? { saidBy, wants: '' } : {}),
        serial: file.serial + 1,
        phase: 'reading',
      }));
    }
    case 'draft-removed':
      return { ...choice, draft: choice.draft.filter((file) => file.key !== action.key) };
    case 'draft-found': {
      const { serial, found, size } = action;
      const ready = (/** @type {DraftFile} */ file) => ({
        ...file,
        found,
        size,
        phase: /** @type {const} */ ('ready'),
      });
      return withFile(choice, action.key, (file) => (file.serial === serial ? { ...ready(file), error: null } : file));
    }
    case 'draft-refused': {
      const { serial, error } = action;
      return withFile(choice, action.key, (file) =>
        file.serial === serial ? { ...file, phase: 'refused', error } : file,
      );
    }
    default:
      return choice;
  }
}

/**
 * @param {ChoiceState} choice
 * @param {number} key
 * @param {(file: DraftFile) => DraftFile} change
 * @returns {ChoiceState}
 */
function withFile(choice, key, change) {
  return { ...choice, draft: choice.draft.map((file) => (file.key === key ? change(file) : file)) };
}

/**
 * The draft with more files, and with what files that came along say: a file of a network's name is about that network,
 * one of labels that another names is about that one's, any other about all that came with it, or if it came alone
 * about all that nothing was said of.
 * @param {DraftFile[]} draft
 * @param {{ files: NetworkSource[], said?: Said[] }} more
 * @returns {DraftFile[]}
 */
function added(draft, { files, said = [] }) {
  const last = Math.max(0, ...draft.map((file) => file.key));
  const fresh = files.map(({ name, source }, i) => {
    const about = aboutOf({ name, saidBy: '', wants: '' }, said, [...draft, ...files]);
    const size = source instanceof Blob ? source.size : 0;
    const known = { options: about?.options ?? {}, saidBy: about?.name ?? '', wants: about?.wants ?? '' };
    const state = { serial: 1, phase: /** @type {const} */ ('reading'), found: null, error: null };
    return { key: last + 1 + i, name, source, size, ...known, ...state };
  });
  const old = draft.map((file) => {
    const about = aboutOf(file, said, [...draft, ...files], files.length > 0);
    if (!about || isBundle(file)) return file;
    const { name, options, wants = '' } = about;
    const changed = { options: { ...file.options, ...options }, serial: file.serial + 1, saidBy: name, wants };
    return { ...file, ...changed, phase: /** @type {const} */ ('reading') };
  });
  return [...old, ...fresh];
}

/**
 * What is said of one file, if anything.
 * @param {Pick<DraftFile, 'name' | 'saidBy' | 'wants'>} file
 * @param {Said[]} said
 * @param {{ name: string }[]} all networks
 * @param {boolean} [others] whether what is about no single network came with others
 */
export function aboutOf({ name, saidBy, wants }, said, all, others = false) {
  const stems = all.map((file) => stem(file.name));
  const common = said.find((file) => !stems.includes(stem(file.name)));
  const wanted = wants ? said.find((file) => file.name === wants) : undefined;
  return said.find((file) => stem(file.name) === stem(name)) ?? wanted ?? (others || saidBy ? undefined : common);
}

/**
 * A file's name without its ending.
 * @param {string} name
 */
export const stem = (name) => name.replace(/\.\w+$/, '');

/**
 * Whether a file is a bundle, whose networks have sizes, classes and preparation of their own.
 * @param {DraftFile} file
 */
export const isBundle = ({ found }) => found?.kind === 'bundle';

/**
 * The files whose networks can be opened. One that is read anew, after a change of its options, is among them: opening
 * takes the options as they are now.
 * @param {ChoiceState} choice
 */
export const usable = ({ draft }) => draft.filter((file) => file.found && file.phase !== 'refused');

/**
 * Whether a file is still read for the first time: opening now would leave it out.
 * @param {ChoiceState} choice
 */
export const incomplete = ({ draft }) => draft.some((file) => !file.found && file.phase === 'reading');

/**
 * The number of networks of a file that are chosen.
 * @param {DraftFile} file
 */
export const networksIn = ({ found, options }) => options.peers?.length ?? found?.peers.length ?? 0;

/**
 * The number of networks that would be opened.
 * @param {ChoiceState} choice
 */
export const networkCount = (choice) => usable(choice).reduce((sum, file) => sum + networksIn(file), 0);
