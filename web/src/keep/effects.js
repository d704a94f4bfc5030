import { ofAnyImage } from '../explain/select.js';
import { named } from '../images/left-out.js';
import { fetchSample } from '../images/transfer.js';
import { nowhere } from '../what-if/state.js';
import { t } from '../words/index.js';
import { addressOf, readAddress } from './address.js';

/**
 * @import { Store } from '../app/store.js'
 * @import { Address } from './address.js'
 */

/**
 * Restores what the address holds once the networks and the samples are there, and keeps the address up to date.
 * @param {Store} store
 */
export function runKeep(store) {
  const { dispatch } = store;
  const wanted = location.hash;
  /** What waits for the image of the address. @type {Address | null} */
  let waiting = null;
  let restored = !wanted.includes('=');

  store.subscribe((state, before) => {
    const { engine, samples, image, result } = state;
    if (!restored && engine.catalog && (samples.length || !wanted.includes('sample='))) {
      restored = true;
      restore(readAddress(wanted, engine.catalog, samples, engine.info));
    }
    if (!restored) return;
    // Class and place belong to the image, and regions to the grid: each follows what it belongs to.
    if (waiting && image.preview !== before.image.preview) {
      const { target, across, down } = waiting.ask;
      const own = Object.entries({ target, across, down }).filter(([, value]) => value !== undefined);
      if (own.length) dispatch({ type: 'ask-changed', change: Object.fromEntries(own) });
    }
    if (waiting && result && result !== before.result) {
      const { beside } = waiting;
      hide(waiting, result.grid);
      if (beside) putBeside(beside);
    }
    const address = addressOf(store.state);
    const url = address ? `#${address}` : location.pathname + location.search;
    const here = location.hash.slice(1);
    if (here !== address && (address || here.includes('='))) history.replaceState(null, '', url);
  });

  // A link that is opened in the same tab, or the way back from it: the page begins anew with it.
  addEventListener('hashchange', () => {
    if (location.hash.includes('=')) location.reload();
  });

  /** @param {Address & { unused: string[] }} address */
  async function restore(address) {
    const { sample, view, unused } = address;
    const notice = unused.length ? t('keep.unused', { names: named(unused) }) : '';
    if (notice) dispatch({ type: 'noticed', notice });
    const ask = ofAnyImage(address.ask);
    if (Object.keys(ask).length) dispatch({ type: 'ask-changed', change: ask });
    if (Object.keys(view).length) dispatch({ type: 'view-changed', view });
    if (!sample || store.state.image.serial) return;
    const source = await fetchSample(sample.url);
    // Whoever chose an image meanwhile keeps it.
    if (!source || store.state.image.serial) return;
    waiting = address;
    const { name, alt } = sample;
    dispatch({ type: 'image-picked', source, name, alt, notice });
  }

  /** @param {NonNullable<Address['beside']>} beside */
  async function putBeside(beside) {
    if (beside.kind === 'class') return dispatch({ type: 'sides-chosen', other: beside });
    if (beside.kind === 'networks') {
      const found = store.state.choice.shipped.find(({ id }) => id === beside.id);
      if (found) dispatch({ type: 'sides-chosen', other: { ...beside, from: 'shipped', name: found.name } });
      return;
    }
    const { url, name, alt } = beside.sample;
    const source = await fetchSample(url);
    if (source) dispatch({ type: 'sides-chosen', other: { kind: 'image', source, name, alt } });
  }

  /**
   * @param {Address} address
   * @param {number} grid
   */
  function hide({ whatIf, regions }, grid) {
    waiting = null;
    const inside = regions.filter(([row, column]) => row <= grid && column <= grid);
    if (!whatIf || !inside.length) return;
    dispatch({ type: 'what-if-set', change: { ...whatIf, on: true } });
    const places = { ...nowhere, regions: inside.map(([row, column]) => (row - 1) * grid + column - 1) };
    dispatch({ type: 'places-changed', places });
  }
}
