import { quoted } from '../shared/csv.js';
import { rowsOf } from './select.js';

/** @import { State } from '../app/state.js' */

/**
 * Every image of the list as CSV: its file, the label if any, each network's answer, the class and the agreement.
 * @param {State} state
 */
export function csvOf(state) {
  const rows = rowsOf(state);
  const peers = rows.find(({ item }) => item.outcome)?.item.outcome?.peers ?? [];
  const own = peers.flatMap(({ id }) => [`${id} answer`, `${id} probability`]);
  const head = ['file', 'label', ...own, 'class', 'agreement', 'answers differ', 'error'];
  const lines = rows.map(({ item: { path, outcome, error }, label, differ }) => {
    const answers = peers.flatMap((_, k) => {
      const first = outcome?.peers[k]?.top[0];
      return [first?.label ?? '', first ? first.probability : ''];
    });
    const { target, agreement = null } = outcome ?? {};
    const found = [target?.label ?? '', agreement ?? '', agreement === null ? '' : differ];
    return [path, labelName(state, label), ...answers, ...found, error?.message ?? ''];
  });
  return [head, ...lines].map((line) => line.map(quoted).join(',')).join('\n') + '\n';
}

/**
 * The same as JSON, with each network's five most probable classes.
 * @param {State} state
 */
export function jsonOf(state) {
  const { info } = state.engine;
  const images = rowsOf(state).map(({ item: { path, outcome, error }, label, differ }) => {
    const named = label === null ? null : { class: label, label: labelName(state, label) };
    if (!outcome) return { file: path, label: named, error };
    const { image, target, agreement, peers } = outcome;
    return { file: path, label: named, image, target, agreement, differ: agreement === null ? null : differ, peers };
  });
  const bundle = info && { name: info.name, sha256: info.sha256 };
  const { target: _, ...request } = state.ask;
  return JSON.stringify({ bundle, request, images }, null, 2);
}

/**
 * @param {State} state
 * @param {number | null} label
 */
const labelName = ({ engine }, label) => (label === null ? '' : (engine.info?.classes[label] ?? ''));
