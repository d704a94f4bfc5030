import { Part, make } from '../element.js';

/** Who made the samples, under which license, and what was changed. */
export class Credits extends Part {
  /** @param {import('../element.js').State} state @param {import('../element.js').State | null} before */
  update({ samples }, before) {
    if (before && samples === before.samples) return;
    this.hidden = !samples.length;
    const items = samples.map(({ name, credit, license, changes }) =>
      make('li', {}, make('strong', {}, name), ': ', [credit, license, changes].filter(Boolean).join('; '), '.'),
    );
    this.replaceChildren(make('details', {}, make('summary', {}, 'Credits for the samples'), make('ul', {}, ...items)));
  }
}
