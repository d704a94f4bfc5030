import { Part, changed, make } from '../element.js';
import { about, amount, figure } from '../format.js';
import { cardOf, picked } from '../gallery.js';
import { curvesOf, slowMetrics, timeOf } from '../gallery-view.js';
import { plot, sample } from '../plot.js';

/** @typedef {import('../plot.js').Line & { id: string }} MethodLine */

/** How the class's probability rises and falls as the map's pixels are shown or hidden: one plot for each curve, all methods together. */
export class Curves extends Part {
  #go = make('button', {
    type: 'button',
    'data-testid': 'slow',
    onclick: () => this.send({ type: 'gallery-set', change: { slow: true } }),
  });
  #help = make('div', { class: 'quiet' });
  #legend = make('div', { class: 'keys', role: 'group', 'aria-label': 'Lines' });
  #plots = make('div', { class: 'plots' });
  #tables = make('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Tables of the curves' });
  #details = make(
    'details',
    { 'data-testid': 'curve-table', hidden: true, ontoggle: () => this.#fill() },
    make('summary', {}, 'The curves as tables'),
    this.#tables,
  );
  /** @type {import('../gallery.js').Metric[]} */
  #metrics = [];
  /** @type {{ metric: import('../gallery.js').Metric, lines: MethodLine[] }[]} */
  #shown = [];

  connectedCallback() {
    this.replaceChildren(
      make('h3', {}, 'Curves, and what else takes many passes'),
      this.#help,
      this.#go,
      this.#legend,
      this.#plots,
      this.#details,
    );
  }

  /** @param {import('../element.js').State} state @param {import('../element.js').State | null} before */
  update(state, before) {
    if (
      !changed(
        state,
        before,
        (s) => s.gallery,
        (s) => s.engine.catalog,
        (s) => s.result,
      )
    )
      return;
    this.#metrics = slowMetrics(state);
    const methods = picked(state);
    const done = methods.filter((m) => cardOf(state.gallery, m.id).map.value);
    this.hidden = !done.length || !this.#metrics.length;
    if (this.hidden) return;
    const { slow, hidden } = state.gallery;
    if (changed(state, before, (s) => s.engine.catalog) || !this.#help.childElementCount) {
      this.#help.replaceChildren(...this.#metrics.map((m) => make('p', {}, make('strong', {}, `${m.name}: `), m.help)));
    }
    this.#go.hidden = slow;
    const time = done.reduce((sum, m) => sum + timeOf(state, 'slow', m), 0);
    this.#go.textContent = `Measure ${done.length} ${done.length === 1 ? 'map' : 'maps'}, ${about(time)}`;

    const all = methods.flatMap((m, series) => {
      const curves = curvesOf(cardOf(state.gallery, m.id));
      return curves.length ? [{ id: m.id, name: m.name, series, chief: m.joint, curves }] : [];
    });
    const key = (/** @type {typeof state} */ s) =>
      picked(s)
        .map((m) => cardOf(s.gallery, m.id).slow.serial * Number(Boolean(cardOf(s.gallery, m.id).slow.value)))
        .join();
    if (before && key(state) === key(before) && before.gallery.hidden === hidden) return;
    this.#keys(
      all.map((line) => ({ ...line, x: [], y: [] })),
      hidden,
    );
    this.#shown = this.#metrics
      .map((metric) => ({
        metric,
        lines: all
          .filter((line) => !hidden.includes(line.id))
          .flatMap(({ curves, ...line }) => {
            const curve = curves.find((c) => c.id === metric.id);
            return curve ? [{ ...line, x: curve.x, y: curve.y }] : [];
          }),
      }))
      .filter(({ lines }) => lines.length);
    this.#plots.replaceChildren(
      ...this.#shown.map(({ metric, lines }) =>
        make(
          'figure',
          {},
          make(
            'figcaption',
            {},
            make('strong', {}, metric.name),
            make('span', {}, `${metric.better === 'higher' ? 'higher' : 'lower'} is better`),
          ),
          plot(lines, {
            id: `plot-${metric.id}`,
            title: metric.name,
            desc: inWords(lines),
            across: 'pixels, the map’s brightest first',
            up: 'probability',
          }),
        ),
      ),
    );
    this.#details.hidden = !this.#shown.length;
    this.#fill();
  }

  /** @param {MethodLine[]} lines @param {string[]} hidden */
  #keys(lines, hidden) {
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.testid;
    this.#legend.replaceChildren(
      ...lines.map((line) => {
        const off = hidden.includes(line.id);
        const toggle = () =>
          this.send({
            type: 'gallery-set',
            change: { hidden: off ? hidden.filter((id) => id !== line.id) : [...hidden, line.id] },
          });
        return make(
          'button',
          { type: 'button', 'aria-pressed': !off, 'data-testid': `line-${line.id}`, onclick: toggle },
          sample(line),
          line.name,
        );
      }),
    );
    for (const button of this.#legend.querySelectorAll('button'))
      if (focused && button.dataset.testid === focused) button.focus();
  }

  /** The tables are long: they are made when they are opened. */
  #fill() {
    if (!this.#details.open) return;
    this.#tables.replaceChildren(
      ...this.#shown.map(({ metric, lines }) => {
        const first = lines[0];
        const rows = Array.from(first?.x ?? [], (x, i) =>
          make(
            'tr',
            {},
            make('th', { scope: 'row' }, `${Math.round(100 * x)} %`),
            ...lines.map((line) => make('td', {}, amount(line.y[i] ?? null, ''))),
          ),
        );
        return make(
          'table',
          {},
          make('caption', {}, `${metric.name}: probability of the class by share of pixels`),
          make(
            'thead',
            {},
            make(
              'tr',
              {},
              make('th', { scope: 'col' }, 'Pixels'),
              ...lines.map((line) => make('th', { scope: 'col' }, line.name)),
            ),
          ),
          make('tbody', {}, ...rows),
        );
      }),
    );
  }
}

/** What a plot shows, for whoever does not see it. @param {MethodLine[]} lines */
function inWords(lines) {
  const at = (/** @type {MethodLine} */ { x, y }, /** @type {number} */ share) =>
    figure(y[Math.round(share * (x.length - 1))] ?? 0);
  return `Probability of the class after 0, 25, 50 and 100 % of the pixels. ${lines.map((l) => `${l.name}: ${[0, 0.25, 0.5, 1].map((s) => at(l, s)).join(', ')}`).join('. ')}.`;
}
