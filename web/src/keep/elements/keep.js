import { copyOverlay } from '../../explain/save.js';
import { download } from '../../shared/download.js';
import { PageElement, make, setText } from '../../shared/element.js';
import { fileName } from '../../shared/format.js';
import { archiveOf } from '../archive.js';

/** @import { State } from '../../app/state.js' */

/** Keeping and sharing: everything in one file, the image or the address on the clipboard. */
export class Keep extends PageElement {
  /** @type {State | null} */
  #state = null;
  #said = make('p', { class: 'quiet', role: 'status', 'data-testid': 'kept' });

  connectedCallback() {
    const zip = 'Raw maps for NumPy, overlays, a figure, all numbers, and how to get them again';
    this.replaceChildren(
      make(
        'div',
        { class: 'saves' },
        this.#button('save-zip', 'Save everything', zip, (state) => this.#save(state)),
        this.#button('copy-image', 'Copy image', 'The image with the map, as shown', async (state) => {
          await copyOverlay(state);
          return 'The image is on the clipboard.';
        }),
        this.#button('copy-link', 'Copy link', 'The settings as an address; never the image', async () => {
          await navigator.clipboard.writeText(location.href);
          const own = this.#state?.image.chosen?.alt ? '' : ' It does not hold your image.';
          return `The address is on the clipboard.${own}`;
        }),
      ),
      this.#said,
    );
  }

  /** @param {State} state */
  update(state) {
    if (this.#state && this.#state.result !== state.result) setText(this.#said, '');
    this.#state = state;
    this.hidden = !state.result;
  }

  /** @param {State} state */
  async #save(state) {
    const file = await archiveOf(state);
    if (!file) return '';
    const name = fileName(state.image.chosen?.name ?? '', 'peerlight.zip');
    download(file, name);
    return `Saved as ${name}.`;
  }

  /**
   * @param {string} id
   * @param {string} name
   * @param {string} title
   * @param {(state: State) => Promise<string>} act what to say when it is done
   */
  #button(id, name, title, act) {
    const onclick = async () => {
      if (!this.#state) return;
      const said = await act(this.#state).catch((thrown) => `That did not work: ${thrown.message}`);
      setText(this.#said, said);
    };
    return make('button', { type: 'button', 'data-testid': id, title, onclick }, name);
  }
}
