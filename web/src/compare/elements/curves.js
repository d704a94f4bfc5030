import { PageElement, changed, headRow, make, tableRow } from '../../shared/element.js';
import { about, amount, decimal } from '../../shared/format.js';
import { timeOf } from '../cost.js';
import { plot, sample } from '../plot.js';
import { curvesOf, slowMetrics } from '../select.js';
import { picked } from '../state.js';
import { cardOf } from '../work.js';
import { share, t } from '../../words/index.js';

/**
 * @import { State } from '../../app/state.js'
 * @import { Line } from '../plot.js'
 * @import { Method, Metric } from 'peerlight'
 */

/** @typedef {Line & { id: string }} MethodLine */

/**
 * How the class's probability rises and falls as the map's pixels are shown or hidden: one plot for each metric, all
 * methods together.
 */
export class Curves extends PageElement {
  #go = make('button', {
    type: 'button',
    'data-testid': 'slow',
    onclick: () => this.send({ type: 'compare-set', change: { slow: true } }),
  });
  #help = make('div', { class: 'quiet' });
  #legend = make('div', { class: 'keys', role: 'group', 'aria-label': t('curves.lines') });
  #plots = make('div', { class: 'plots' });
  #tables = make('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': t('curves.tables') });
  #details = make(
    'details',
    { 'data-testid': 'curve-table', hidden: true, ontoggle: () => this.#fill() },
    make('summary', {}, t('curves.open')),
    this.#tables,
  );
  /** @type {{ metric: Metric, lines: MethodLine[] }[]} */
  #shown = [];

  connectedCallback() {
    const title = make('h3', {}, t('curves'));
    this.replaceChildren(title, this.#help, this.#go, this.#legend, this.#plots, this.#details);
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  update(state, before) {
    if (!changed(state, before, (s) => [s.comparison, s.engine.catalog, s.result])) return;
    const { comparison } = state;
    const metrics = slowMetrics(state);
    const made = picked(state).filter(({ id }) => cardOf(comparison, id).map.value);
    this.hidden = !made.length || !metrics.length;
    if (this.hidden) return;
    if (changed(state, before, (s) => [s.engine.catalog]) || !this.#help.childElementCount) {
      this.#help.replaceChildren(...metrics.map((m) => make('p', {}, make('strong', {}, `${m.name}: `), m.help)));
    }
    this.#offer(state, made);
    if (changed(state, before, (s) => [measuredIn(s), s.comparison.hidden])) this.#draw(state, metrics);
  }

  /**
   * @param {State} state
   * @param {Method[]} made those that have a map
   */
  #offer(state, made) {
    const time = made.reduce((sum, method) => sum + timeOf(state, 'slow', method), 0);
    this.#go.hidden = state.comparison.slow;
    this.#go.textContent = t('curves.measure', { n: made.length, time: about(time) });
  }

  /**
   * @param {State} state
   * @param {Metric[]} metrics
   */
  #draw(state, metrics) {
    const { hidden } = state.comparison;
    const all = picked(state).flatMap(({ id, name, joint }, series) => {
      const curves = curvesOf(cardOf(state.comparison, id));
      return curves.length ? [{ id, name, series, chief: joint, x: [], y: [], curves }] : [];
    });
    this.#keys(all, hidden);
    const drawn = all.filter(({ id }) => !hidden.includes(id));
    const linesOf = (/** @type {Metric} */ metric) =>
      drawn.flatMap(({ curves, ...line }) => {
        const curve = curves.find((c) => c.id === metric.id);
        return curve ? [{ ...line, x: curve.x, y: curve.y }] : [];
      });
    this.#shown = metrics.map((metric) => ({ metric, lines: linesOf(metric) })).filter(({ lines }) => lines.length > 0);
    this.#plots.replaceChildren(...this.#shown.map(({ metric, lines }) => figureOf(metric, lines)));
    this.#details.hidden = !this.#shown.length;
    this.#fill();
  }

  /**
   * @param {MethodLine[]} lines
   * @param {string[]} hidden
   */
  #keys(lines, hidden) {
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.testid;
    const buttons = lines.map((line) => {
      const off = hidden.includes(line.id);
      const others = hidden.filter((id) => id !== line.id);
      const change = { hidden: off ? others : [...others, line.id] };
      const onclick = () => this.send({ type: 'compare-set', change });
      const props = { type: 'button', 'aria-pressed': !off, 'data-testid': `line-${line.id}`, onclick };
      return make('button', props, sample(line), line.name);
    });
    this.#legend.replaceChildren(...buttons);
    if (focused) buttons.find((button) => button.dataset.testid === focused)?.focus();
  }

  /** The tables are long: they are made when they are opened. */
  #fill() {
    if (!this.#details.open) return;
    this.#tables.replaceChildren(...this.#shown.map(({ metric, lines }) => tableOf(metric, lines)));
  }
}

/**
 * Which curves there are: it changes when one comes or goes.
 * @param {State} state
 */
const measuredIn = (state) =>
  picked(state)
    .map(({ id }) => cardOf(state.comparison, id).slow)
    .map(({ serial, value }) => (value ? serial : 0))
    .join();

/**
 * @param {Metric} metric
 * @param {MethodLine[]} lines
 */
function figureOf({ id, name, better }, lines) {
  const caption = make('figcaption', {}, make('strong', {}, name), make('span', {}, t(`curves.${better}`)));
  const drawing = plot(lines, {
    id: `plot-${id}`,
    title: name,
    desc: inWords(lines),
    across: t('curves.across'),
    up: t('curves.up'),
  });
  return make('figure', {}, caption, drawing);
}

/**
 * @param {Metric} metric
 * @param {MethodLine[]} lines
 */
function tableOf({ name }, lines) {
  const rows = Array.from(lines[0]?.x ?? [], (x, i) => {
    const cells = lines.map((line) => amount(line.y[i] ?? null, ''));
    return tableRow({ head: share(Math.round(100 * x), 0), cells });
  });
  return make(
    'table',
    {},
    make('caption', {}, t('curves.caption', { name })),
    make('thead', {}, headRow([t('curves.pixels'), ...lines.map((line) => line.name)])),
    make('tbody', {}, ...rows),
  );
}

/**
 * What a plot shows, for whoever does not see it.
 * @param {MethodLine[]} lines
 */
function inWords(lines) {
  const texts = lines.map(({ name, x, y }) => {
    const at = (/** @type {number} */ fraction) => decimal(y[Math.round(fraction * (x.length - 1))] ?? 0);
    return `${name}: ${[0, 0.25, 0.5, 1].map(at).join(', ')}.`;
  });
  return [t('curves.desc'), ...texts].join(' ');
}
