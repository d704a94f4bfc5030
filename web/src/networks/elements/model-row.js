import { errorLine, make, setText } from '../../shared/element.js';
import { bytes, count } from '../../shared/format.js';
import { fixed, heard, t } from '../../words/index.js';

/**
 * @import { Action } from '../../app/state.js'
 * @import { DraftFile, Options } from '../choice.js'
 * @import { OwnPeer } from 'peerlight'
 */

/** One file of one’s own: what is in it, and what is guessed and can be changed. */
export class ModelRow {
  #key;
  #send;
  #name = make('strong');
  #size = make('span', { class: 'quiet' });
  #facts = make('p', { class: 'quiet', 'data-testid': 'model-facts' });
  #error = errorLine('model-error');
  #side = make('input', {
    type: 'number',
    min: 16,
    max: 2048,
    step: 1,
    'data-testid': 'model-size',
    onchange: () => this.#change({ size: Number(this.#side.value) || undefined }),
  });
  #preset = make('select', {
    'data-testid': 'model-preset',
    onchange: () => this.#change({ preprocess: this.#preset.value }),
  });
  #labels = make('input', { type: 'file', accept: '.txt,.json,.csv,.names', onchange: () => this.#named() });
  #classes = make('span', { 'data-testid': 'model-classes' });
  #forget = make(
    'button',
    { type: 'button', onclick: () => this.#change({ labels: undefined, beside: undefined }) },
    t('model.guess'),
  );
  #fields = make('div', { class: 'model-fields' });
  #peers = make('div', { class: 'model-peers' });

  /**
   * @param {number} key
   * @param {(action: Action) => void} send
   */
  constructor(key, send) {
    this.#key = key;
    this.#send = send;
    const remove = make(
      'button',
      { type: 'button', 'data-testid': 'model-remove', onclick: () => send({ type: 'draft-removed', key }) },
      t('networks.remove'),
    );
    this.remove = remove;
    const pick = make('label', { class: 'button' }, this.#labels, t('model.from-file'));
    this.#fields.append(
      field(t('model.size'), this.#side, `model-size-${key}`, t('model.pixels')),
      field(t('model.prepared'), this.#preset, `model-preset-${key}`),
      make(
        'div',
        { class: 'field', role: 'group', 'aria-label': t('model.names') },
        make('span', { class: 'label' }, t('model.names')),
        make('div', { class: 'names' }, this.#classes, pick, this.#forget),
      ),
    );
    this.node = make(
      'li',
      { 'data-testid': 'model' },
      make('header', {}, make('span', {}, this.#name, ' ', this.#size), remove),
      this.#facts,
      this.#peers,
      this.#fields,
      this.#error.node,
    );
  }

  /** @param {DraftFile} file */
  update(file) {
    const { name, size, phase, found, error, saidBy } = file;
    setText(this.#name, name);
    setText(this.#size, size ? bytes(size) : '');
    this.remove.setAttribute('aria-label', t('networks.remove-file', { name }));
    this.node.dataset.phase = phase;
    const first = found?.peers[0];
    const bundle = found?.kind === 'bundle';
    setText(
      this.#facts,
      phase === 'reading' && !found ? t('networks.reading') : first && !bundle ? factsOf(first) : '',
    );
    this.#facts.hidden = !this.#facts.textContent;
    this.#error.show(phase === 'refused' ? error : null);
    this.#fields.hidden = !first || bundle;
    this.#peers.hidden = !bundle;
    if (bundle) this.#list(file);
    if (!found || !first || bundle) return;
    if (document.activeElement !== this.#side) this.#side.value = String(first.preprocess.side);
    if (this.#preset.childElementCount === 0) {
      this.#preset.append(...found.presets.map((preset) => make('option', { value: preset.id }, heard(preset.name))));
    }
    this.#preset.value = first.preset ?? '';
    setText(this.#classes, namesOf(first, saidBy));
    this.#forget.hidden = !saidBy;
  }

  /**
   * The networks of a bundle, each to be taken or left.
   * @param {DraftFile} file
   */
  #list({ found, options }) {
    const peers = found?.peers ?? [];
    // What was left out is not described any more, so the boxes stay as they were made.
    if (this.#peers.childElementCount) return;
    const boxes = peers.map((peer) => {
      const box = make('input', { type: 'checkbox', value: peer.id, 'data-testid': `model-peer-${peer.id}` });
      box.checked = options.peers?.includes(peer.id) ?? true;
      return box;
    });
    const change = () => {
      const taken = boxes.filter((box) => box.checked).map((box) => box.value);
      if (taken.length) this.#change({ peers: taken });
      else for (const box of boxes) box.checked = options.peers?.includes(box.value) ?? true;
    };
    this.#peers.replaceChildren(
      ...peers.map((peer, i) => {
        const box = /** @type {HTMLInputElement} */ (boxes[i]);
        box.addEventListener('change', change);
        const text = make('span', {}, make('b', {}, peer.name), ' ', make('span', { class: 'quiet' }, factsOf(peer)));
        return make('label', { class: 'choice' }, box, text);
      }),
    );
  }

  #named() {
    const files = [...(this.#labels.files ?? [])];
    this.#labels.value = '';
    if (files.length) this.#send({ type: 'networks-given', files, about: this.#key });
  }

  /**
   * @param {Options} options
   */
  #change(options) {
    this.#send({ type: 'draft-changed', key: this.#key, options });
  }
}

/**
 * @param {string} name
 * @param {HTMLElement} control
 * @param {string} id
 * @param {string} [unit]
 */
function field(name, control, id, unit) {
  control.id = id;
  const label = make('label', { for: id }, name, ...(unit ? [make('output', {}, unit)] : []));
  return make('div', { class: 'field' }, label, control);
}

/** @param {number} n */
const inMillions = (n) => t('model.millions', { n: fixed(n / 1e6, 1) });

/** @param {OwnPeer} peer */
function factsOf({ network, labels, preprocess }) {
  return t('model.facts', {
    weights: network.parameters < 1e5 ? fixed(network.parameters, 0) : inMillions(network.parameters),
    side: preprocess.side,
    classes: labels.length,
    layers: count(network.layers.length, 'layer'),
    head: t(`head.${network.head}`),
  });
}

/**
 * @param {OwnPeer} peer
 * @param {string} file
 */
function namesOf({ labels, labels_are: known }, file) {
  const some = labels.slice(0, 2).join('; ');
  if (file) return t('model.names-from', { file, some });
  if (known === 'imagenet') return t('model.names-imagenet', { some });
  if (known === 'numbers') return t('model.names-numbers');
  return t('model.names-own', { some });
}
