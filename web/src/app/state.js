import { noComparison, reduceCompare } from '../compare/state.js';
import { explaining } from '../explain/select.js';
import { noJob, plainView, reduceExplain } from '../explain/state.js';
import { noImage, reduceImages } from '../images/state.js';
import { noMany, reduceMany } from '../many/state.js';
import { noChoice, reduceChoice } from '../networks/choice.js';
import { noEngine, reduceNetworks } from '../networks/state.js';
import { noSides, reduceSides } from '../side-by-side/state.js';
import { noSteps, reduceSteps } from '../steps/state.js';
import { noTour, reduceTour } from '../tour/state.js';
import { noWhatIf, reduceWhatIf } from '../what-if/state.js';
import { plainHost, reduceHost } from './host.js';
import { plainLanguage, reduceLanguage } from './language.js';

/**
 * @import { CompareAction, Comparison } from '../compare/state.js'
 * @import { ExplainAction, JobState, ViewState } from '../explain/state.js'
 * @import { ImageState, ImagesAction, Sample } from '../images/state.js'
 * @import { ManyAction, ManyState } from '../many/state.js'
 * @import { ChoiceAction, ChoiceState } from '../networks/choice.js'
 * @import { EngineState, NetworksAction } from '../networks/state.js'
 * @import { SidesAction, SidesState } from '../side-by-side/state.js'
 * @import { StepsAction, StepsState } from '../steps/state.js'
 * @import { TourAction, TourState } from '../tour/state.js'
 * @import { WhatIfAction, WhatIfState } from '../what-if/state.js'
 * @import { HostAction, HostState } from './host.js'
 * @import { LanguageAction, LanguageState } from './language.js'
 * @import { Explanation, ImageRequest } from 'peerlight'
 */

/**
 * The page's whole state and every way it can change. Nothing here touches the document, the network or a clock. Each
 * folder changes its own part, and sees the others as they are after the action.
 *
 * @typedef {object} State
 * @property {EngineState} engine
 * @property {ChoiceState} choice
 * @property {ImageState} image
 * @property {Sample[]} samples
 * @property {ImageRequest} ask only what the person changed; the engine's defaults hold for the rest
 * @property {JobState} job
 * @property {Explanation | null} result
 * @property {ViewState} view
 * @property {WhatIfState} whatIf
 * @property {SidesState} sides
 * @property {ManyState} many
 * @property {Comparison} comparison
 * @property {HostState} host
 * @property {LanguageState} language
 * @property {TourState} tour
 * @property {StepsState} steps
 *
 * @typedef {{ type: 'cancel' } | { type: 'retry' }} ButtonAction
 * @typedef {NetworksAction | ImagesAction | ExplainAction | WhatIfAction | SidesAction | ManyAction
 *   | CompareAction} FolderAction
 * @typedef {FolderAction | ChoiceAction | HostAction | LanguageAction | TourAction | StepsAction | ButtonAction} Action
 */

/** @type {State} */
export const initial = {
  engine: noEngine,
  choice: noChoice,
  image: noImage,
  samples: [],
  ask: {},
  job: noJob,
  result: null,
  view: plainView,
  whatIf: noWhatIf,
  sides: noSides,
  many: noMany,
  comparison: noComparison,
  host: plainHost,
  language: plainLanguage,
  tour: noTour,
  steps: noSteps,
};

/** In the order in which they see each other's changes. */
const REDUCERS = [
  reduceNetworks,
  reduceChoice,
  reduceImages,
  reduceExplain,
  reduceWhatIf,
  reduceSides,
  reduceMany,
  reduceCompare,
  reduceHost,
  reduceLanguage,
  reduceTour,
  reduceSteps,
];

/**
 * @param {State} state
 * @param {Action} action
 * @returns {State}
 */
export function reduce(state, action) {
  const meant = meantBy(state, action);
  return REDUCERS.reduce((page, reducer) => reducer(page, meant), state);
}

/**
 * What the buttons “Cancel” and “Try again” are about: the explanation or the networks.
 * @param {State} state
 * @param {Action} action
 * @returns {Action}
 */
function meantBy(state, action) {
  if (action.type === 'cancel') return { type: explaining(state) ? 'job-cancel' : 'engine-cancel' };
  if (action.type === 'retry') return { type: state.engine.phase === 'failed' ? 'engine-retry' : 'job-retry' };
  return action;
}
