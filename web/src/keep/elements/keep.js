import { copyOverlay } from '../../explain/save.js';
import { download } from '../../shared/download.js';
import { PageElement, make, setText } from '../../shared/element.js';
import { fileName } from '../../shared/format.js';
import { archiveOf } from '../archive.js';
import { t } from '../../words/index.js';

/** @import { State } from '../../app/state.js' */

/** Keeping and sharing: everything in one file, the image or the address on the clipboard. */
export class Keep extends PageElement {
  /** @type {State | null} */
  #state = null;
  #said = make('p', { class: 'quiet', role: 'status', 'data-testid': 'kept' });

  connectedCallback() {
    this.replaceChildren(
      make(
        'div',
        { class: 'saves' },
        this.#button('save-zip', 'keep.zip', (state) => this.#save(state)),
        this.#button('copy-image', 'keep.image', async (state) => {
          await copyOverlay(state);
          return t('keep.image.done');
        }),
        this.#button('copy-link', 'keep.link', async () => {
          await navigator.clipboard.writeText(location.href);
          return t(this.#state?.image.chosen?.alt ? 'keep.link.done' : 'keep.link.done-own');
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
    return t('keep.saved', { name });
  }

  /**
   * @param {string} id
   * @param {'keep.zip' | 'keep.image' | 'keep.link'} name
   * @param {(state: State) => Promise<string>} act what to say when it is done
   */
  #button(id, name, act) {
    const onclick = async () => {
      if (!this.#state) return;
      const said = await act(this.#state).catch((thrown) => t('keep.failed', { why: thrown.message }));
      setText(this.#said, said);
    };
    return make('button', { type: 'button', 'data-testid': id, title: t(`${name}.title`), onclick }, t(name));
  }
}
