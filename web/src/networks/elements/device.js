import { PageElement, make } from '../../shared/element.js';
import { heard, t } from '../../words/index.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { Device, DeviceWish } from 'peerlight'
 */

/** The devices that one can wish for. */
const WISHES = /** @type {const} */ (['auto', 'cpu', 'webgpu']);

/** The device in use, why, and the choice of another. */
export class DeviceChoice extends PageElement {
  #name = make('strong', { 'data-testid': 'device-name' });
  #reason = make('span', { 'data-testid': 'device-reason' });
  #inputs = WISHES.map((wish) =>
    make('input', {
      type: 'radio',
      name: 'device',
      value: wish,
      'data-testid': `device-${wish}`,
      onchange: () => this.send({ type: 'device-wished', wish }),
    }),
  );

  connectedCallback() {
    this.dataset.testid = 'device';
    const choices = this.#inputs.map((input, i) =>
      make('label', {}, input, make('span', {}, t(`device.${WISHES[i] ?? 'auto'}`))),
    );
    this.replaceChildren(
      make('fieldset', {}, make('legend', {}, t('device')), make('div', { class: 'segments' }, ...choices)),
      make('p', { class: 'quiet' }, this.#name, ' ', this.#reason),
    );
  }

  /** @param {State} state */
  update({ engine: { device, wish, switching } }) {
    // A wish that could not be met is not what runs; the reason is told below.
    const now = wish === 'webgpu' && device?.kind === 'cpu' && !switching ? 'cpu' : wish;
    for (const input of this.#inputs) input.checked = input.value === now;
    this.#name.textContent = device ? runningOn(device) : t('device.none');
    this.#reason.textContent = switching ? t('device.changing') : heard(device?.reason ?? '');
    this.dataset.kind = device?.kind ?? '';
  }
}

/** @param {Device} device */
function runningOn({ kind, name }) {
  const on = kind === 'cpu' ? 'device.on-cpu' : 'device.on-webgpu';
  return name && name.toLowerCase() !== kind ? t(`${on}-named`, { name }) : t(on);
}
