import { Part, make } from '../element.js';

/** @type {{ id: import('../../pkg/index.js').DeviceWish, name: string }[]} */
const WISHES = [
  { id: 'auto', name: 'Automatic' },
  { id: 'cpu', name: 'CPU' },
  { id: 'webgpu', name: 'WebGPU' },
];

/** The device in use, why, and the choice of another. */
export class DeviceChoice extends Part {
  #name = make('strong', { 'data-testid': 'device-name' });
  #reason = make('span', { 'data-testid': 'device-reason' });
  #inputs = WISHES.map(({ id }) =>
    make('input', {
      type: 'radio',
      name: 'device',
      value: id,
      'data-testid': `device-${id}`,
      onchange: () => this.send({ type: 'device-wished', wish: id }),
    }),
  );

  connectedCallback() {
    this.dataset.testid = 'device';
    const choices = WISHES.map(({ name }, i) =>
      make('label', {}, /** @type {HTMLElement} */ (this.#inputs[i]), make('span', {}, name)),
    );
    this.replaceChildren(
      make('fieldset', {}, make('legend', {}, 'Device'), make('div', { class: 'segments' }, ...choices)),
      make('p', { class: 'quiet' }, this.#name, ' ', this.#reason),
    );
  }

  /** @param {import('../element.js').State} state */
  update({ engine: { device, wish, switching } }) {
    for (const input of this.#inputs) input.checked = input.value === wish;
    this.#name.textContent = device
      ? `${device.kind === 'cpu' ? 'CPU' : 'WebGPU'}${nameOf(device)}.`
      : 'Not started yet.';
    this.#reason.textContent = switching ? 'Changing …' : (device?.reason ?? '');
    this.dataset.kind = device?.kind ?? '';
  }
}

/** @param {import('../../pkg/index.js').Device} device */
const nameOf = ({ kind, name }) => (name && name.toLowerCase() !== kind ? `, ${name}` : '');
