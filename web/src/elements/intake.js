import { Part, changed, make } from '../element.js';

/** Takes an image in every way a browser knows: picked, dropped anywhere, pasted, or one of the samples. */
export class Intake extends Part {
  /** Grows with each choice, so that a slow sample never replaces a later one. */
  #choice = 0;
  #imageSerial = 0;

  connectedCallback() {
    const input = /** @type {HTMLInputElement} */ (this.querySelector('input[type=file]'));
    input.addEventListener('change', () => {
      const file = input.files?.[0];
      if (file) this.#take(file);
      input.value = ''; // So that the same file can be chosen again.
    });

    const hover = (/** @type {boolean} */ on) => document.documentElement.classList.toggle('dropping', on);
    addEventListener('dragover', (event) => {
      event.preventDefault();
      hover(true);
    });
    addEventListener('dragleave', (event) => !event.relatedTarget && hover(false));
    addEventListener('drop', (event) => {
      event.preventDefault();
      hover(false);
      this.#offer(event.dataTransfer);
    });
    addEventListener('paste', (event) => {
      const typing = event.target instanceof HTMLInputElement && event.target.type === 'text';
      if (!typing || event.clipboardData?.files.length) this.#offer(event.clipboardData);
    });
  }

  /** @param {import('../element.js').State} state @param {import('../element.js').State | null} before */
  update(state, before) {
    this.#imageSerial = state.image.serial;
    this.classList.toggle('small', Boolean(state.image.preview));
    if (changed(state, before, (s) => s.samples)) this.#list(state.samples);
    if (
      changed(
        state,
        before,
        (s) => s.image.chosen,
        (s) => s.samples,
      )
    ) {
      const buttons = this.querySelectorAll('.samples button');
      state.samples.forEach((s, i) =>
        buttons[i]?.setAttribute('aria-pressed', String(s.name === state.image.chosen?.name)),
      );
    }
  }

  /** @param {DataTransfer | null} data */
  #offer(data) {
    const file = data?.files[0];
    if (file) return this.#take(file);
    this.#refuse('That was not an image file.', 'Save the image first, then drop the file here.');
  }

  /** @param {Blob} source @param {string} [name] @param {string} [alt] */
  #take(source, name = source instanceof File ? source.name : '', alt = '') {
    this.#choice += 1;
    this.send({ type: 'image-picked', source, name, alt });
  }

  /** @param {string} message @param {string} help */
  #refuse(message, help) {
    this.send({ type: 'image-failed', serial: this.#imageSerial, error: { code: 'image-broken', message, help } });
  }

  /** @param {import('../state.js').Sample} sample */
  async #fetch({ url, name, alt }) {
    const choice = (this.#choice += 1);
    try {
      const response = await fetch(url);
      if (!response.ok) throw new Error(response.statusText);
      const blob = await response.blob();
      if (choice === this.#choice) this.#take(blob, name, alt);
    } catch {
      if (choice === this.#choice)
        this.#refuse('The sample could not be loaded.', 'Check the connection and choose it again.');
    }
  }

  /** @param {import('../state.js').Sample[]} samples */
  #list(samples) {
    const strip = /** @type {HTMLElement} */ (this.querySelector('.samples'));
    strip.replaceChildren(
      ...samples.map((sample, i) =>
        make(
          'li',
          {},
          make(
            'button',
            {
              type: 'button',
              'data-testid': `sample-${i}`,
              'aria-pressed': false,
              title: `${sample.name} (${sample.credit})`,
              onclick: () => this.#fetch(sample),
            },
            make('img', {
              src: sample.url,
              alt: sample.alt,
              width: 88,
              height: 66,
              draggable: 'false',
              loading: 'lazy',
              decoding: 'async',
            }),
          ),
        ),
      ),
    );
  }
}
