import { PageElement, make } from '../../shared/element.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { Device, DeviceWish } from 'peerlight'
 */

/** @type {{ id: DeviceWish, name: string }[]} */
const WISHES = [
  { id: 'auto', name: 'Automatic' },
  { id: 'cpu', name: 'CPU' },
  { id: 'webgpu', name: 'WebGPU' },
];

/** The device in use, why, and the choice of another. */
export class DeviceChoice extends PageElement {
  #name = make('strong', { 'data-testid': 'device-name' });
  #reason = make('span', { 'data-testid': 'device-reason' });
  #inputs = WISHES.map(({ id: wish }) =>
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
    const choices = this.#inputs.map((input, i) => make('label', {}, input, make('span', {}, WISHES[i]?.name ?? '')));
    this.replaceChildren(
      make('fieldset', {}, make('legend', {}, 'Device'), make('div', { class: 'segments' }, ...choices)),
      make('p', { class: 'quiet' }, this.#name, ' ', this.#reason),
    );
  }

  /** @param {State} state */
  update({ engine: { device, wish, switching } }) {
    // A wish that could not be met is not what runs; the reason is told below.
    const now = wish === 'webgpu' && device?.kind === 'cpu' && !switching ? 'cpu' : wish;
    for (const input of this.#inputs) input.checked = input.value === now;
    this.#name.textContent = device ? `Running on ${nameOf(device)}.` : 'Not started yet.';
    this.#reason.textContent = switching ? 'Changing…' : (device?.reason ?? '');
    this.dataset.kind = device?.kind ?? '';
  }
}

/** @param {Device} device */
function nameOf({ kind, name }) {
  const known = name && name.toLowerCase() !== kind ? ` (${name})` : '';
  return `${kind === 'cpu' ? 'the CPU' : 'WebGPU'}${known}`;
}
