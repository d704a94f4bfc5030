import { inspect } from 'peerlight';
import { PageElement, changed, make } from '../../shared/element.js';
import { refusal } from '../../shared/refusal.js';
import { forNetworks } from '../../networks/given.js';
import { dropped, given, isImageName, sorted } from '../gather.js';
import { leftOut } from '../left-out.js';
import { fetchSample, isEditable, isTextFor } from '../transfer.js';
import { heard, t } from '../../words/index.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { Found } from '../gather.js'
 * @import { Sample } from '../state.js'
 */

/** Takes an image in every way that a browser knows: picked, dropped anywhere, pasted, or one of the samples. */
export class Intake extends PageElement {
  /** Grows with each choice, so that a slow sample never replaces a later one. */
  #choice = 0;
  #imageSerial = 0;
  /** Whether networks are being got ready, to which names of classes may belong. */
  #drafting = false;
  /** Whether there are images to which a table of labels may belong. */
  #queued = false;

  connectedCallback() {
    const input = /** @type {HTMLInputElement} */ (this.querySelector('input[type=file]'));
    const folder = /** @type {HTMLInputElement} */ (this.querySelector('.folder input'));
    for (const field of [input, folder]) {
      field.addEventListener('change', () => {
        this.#takeAll([...(field.files ?? [])].map(given));
        field.value = ''; // So that the same file can be chosen again.
      });
    }

    const hover = (/** @type {boolean} */ on) => document.documentElement.classList.toggle('dropping', on);
    // Both: where the page moves beneath the pointer, the last event before the drop is a dragenter.
    for (const type of ['dragenter', 'dragover']) {
      this.listen(window, type, (/** @type {DragEvent} */ event) => {
        if (isTextFor(event.composedPath()[0], event.dataTransfer)) return;
        event.preventDefault();
        hover(Boolean(event.dataTransfer?.types.includes('Files')));
      });
    }
    this.listen(window, 'dragleave', (/** @type {DragEvent} */ event) => !event.relatedTarget && hover(false));
    this.listen(window, 'drop', (/** @type {DragEvent} */ event) => {
      hover(false);
      if (event.defaultPrevented || isTextFor(event.composedPath()[0], event.dataTransfer)) return;
      event.preventDefault();
      if (event.dataTransfer?.files.length) dropped(event.dataTransfer).then((files) => this.#takeAll(files));
      else this.#refuse('intake.no-file');
    });
    this.listen(window, 'paste', (/** @type {ClipboardEvent} */ event) => {
      if (event.defaultPrevented || isTextFor(event.composedPath()[0], event.clipboardData)) return;
      const { files } = event.clipboardData ?? {};
      if (files?.length) this.#takeAll([...files].map(given));
      else if (!isEditable(event.composedPath()[0])) {
        this.#refuse('intake.empty-clipboard');
      }
    });
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    const { image, samples } = state;
    this.#imageSerial = image.serial;
    this.#drafting = state.choice.draft.length > 0;
    this.#queued = state.many.items.length > 0;
    this.classList.toggle('small', Boolean(image.preview));
    if (before ? before.samples !== samples : samples.length) this.#list(samples);
    if (!changed(state, before, (s) => [s.samples, s.image.chosen])) return;
    const buttons = this.querySelectorAll('.samples button');
    samples.forEach(({ name }, i) => buttons[i]?.setAttribute('aria-pressed', String(name === image.chosen?.name)));
  }

  /**
   * Networks, and what is said of them, are got ready; the rest is taken as images.
   * @param {Found[]} files
   */
  async #takeAll(files) {
    const networks = forNetworks(files, this.#drafting);
    if (networks.files.length) {
      const others = networks.rest.some(({ file, path }) => isImageName(path, file?.type)) ? [] : networks.rest;
      this.send({ type: 'networks-given', files: networks.files, others: others.map(({ path }) => path) });
      if (!others.length && networks.rest.length) await this.#takeImages(networks.rest);
      return;
    }
    await this.#takeImages(files);
  }

  /**
   * One image is shown; several go into the queue, with the lists of labels among them.
   * @param {Found[]} files
   */
  async #takeImages(files) {
    const [only] = files;
    if (this.#queued && files.every(({ file, path }) => file && /\.csv$/i.test(path))) {
      return this.send({ type: 'many-given', files: [], lists: files.flatMap(({ file }) => file ?? []) });
    }
    // A single file is taken whatever it is: whoever reads it says best what it is not.
    if (only?.file && files.length === 1 && !only.path.includes('/')) {
      return this.#take(only.file, { name: only.file.name });
    }
    const choice = (this.#choice += 1);
    const isImage = (/** @type {File} */ file) =>
      inspect(file).then(
        () => true,
        () => false,
      );
    const { images, lists, others } = await sorted(files, isImage);
    if (choice !== this.#choice) return;
    const [first] = images;
    if (!first) return this.#refuse('intake.none');
    if (images.length > 1) this.send({ type: 'many-given', files: images, lists, leftOut: others });
    if (images.length > 1 && this.classList.contains('small')) return;
    // A list of labels is about several images, and what several leave out is said with them.
    const notice = images.length > 1 ? '' : leftOut([...others, ...lists.map(({ name }) => name)]);
    this.#take(first.file, { name: first.file.name, notice });
  }

  /**
   * @param {Blob} source
   * @param {{ name: string, alt?: string, notice?: string }} about
   */
  #take(source, about) {
    this.#choice += 1;
    this.send({ type: 'image-picked', source, ...about });
  }

  /** @param {'intake.no-file' | 'intake.empty-clipboard' | 'intake.none' | 'intake.no-sample'} what */
  #refuse(what) {
    const error = refusal('image-broken', what, `${what}.help`);
    this.send({ type: 'image-failed', serial: this.#imageSerial, error });
  }

  /** @param {Sample} sample */
  async #fetch({ url, name, alt }) {
    const choice = (this.#choice += 1);
    const blob = await fetchSample(url);
    if (choice !== this.#choice) return;
    if (blob) this.#take(blob, { name, alt });
    else this.#refuse('intake.no-sample');
  }

  /** @param {Sample[]} samples */
  #list(samples) {
    const items = samples.map((sample, i) => {
      const size = { width: 88, height: 66 };
      const lazy = { draggable: 'false', loading: 'lazy', decoding: 'async' };
      const image = make('img', { src: sample.thumb, alt: heard(sample.alt), ...size, ...lazy });
      const props = {
        type: 'button',
        'data-testid': `sample-${i}`,
        'aria-pressed': false,
        title: `${heard(sample.name)} (${heard(sample.credit)})`,
        onclick: () => this.#fetch(sample),
      };
      const caption = make('span', { class: 'caption', 'aria-hidden': 'true' }, heard(sample.name));
      if (sample.surprise) caption.append(make('small', {}, ` ${heard(sample.surprise)}`));
      return make('li', {}, make('button', props, image, caption));
    });
    const list = /** @type {HTMLElement} */ (this.querySelector('.samples'));
    list.replaceChildren(...items);
    list.hidden = !items.length;
  }
}
