import { paintCorrelations, paintRhoScale, paintScale } from '../explain/paint.js';
import { lutOf } from '../explain/select.js';
import { decimal, percent } from '../shared/format.js';
import { paintMap, paintSquare } from '../shared/paint.js';
import { t } from '../words/index.js';

/** @import { State } from '../app/state.js' */

const [TILE, GAP, MARGIN, CAPTION] = [320, 24, 40, 64];
const SANS = 'system-ui, sans-serif';

/**
 * A figure for a report: what the networks saw, each one's map with its answer, the mutual map and the correlations,
 * with scales and figures. Dark on white, whatever the page's theme.
 * @param {State} state
 * @returns {Promise<Blob | null>}
 */
export async function paintFigure(state) {
  const { result, image } = state;
  const lut = lutOf(state);
  if (!result || !image.preview || !lut) return null;
  const seen = document.createElement('canvas');
  paintSquare(seen, image.preview, result.image, result.image.crop, TILE);
  const correlations = document.createElement('canvas');
  paintCorrelations(correlations, result);
  const map = (/** @type {Float32Array} */ values) => {
    const canvas = document.createElement('canvas');
    paintMap(canvas, values, lut, result.side);
    return canvas;
  };
  const tiles = [
    { canvas: seen, name: t('figure.seen'), note: image.chosen?.name ?? '' },
    ...result.peers.map(({ name, map: values, top: [first] }) => ({
      canvas: map(values),
      name,
      note: first ? `${first.label} ${percent(first.probability)}` : '',
    })),
    { canvas: map(result.map), name: t('maps.mutual'), note: t('figure.for', { label: result.target.label }) },
    {
      canvas: correlations,
      name: t('maps.correlation'),
      note: result.agreement === null ? '' : t('figure.agreement', { agreement: decimal(result.agreement) }),
    },
  ];
  const width = 2 * MARGIN + tiles.length * TILE + (tiles.length - 1) * GAP;
  const height = 2 * MARGIN + TILE + CAPTION + 40;
  const canvas = new OffscreenCanvas(width, height);
  const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d'));
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, width, height);
  pen.textBaseline = 'top';
  const write = (
    /** @type {string} */ text,
    /** @type {number} */ x,
    /** @type {number} */ y,
    font = `15px ${SANS}`,
  ) => {
    pen.font = font;
    pen.fillStyle = '#1e242d';
    pen.fillText(text, x, y, TILE);
  };
  tiles.forEach(({ canvas: tile, name, note }, i) => {
    const x = MARGIN + i * (TILE + GAP);
    pen.imageSmoothingEnabled = tile !== correlations;
    pen.drawImage(tile, x, MARGIN, TILE, TILE);
    write(name, x, MARGIN + TILE + 10, `600 17px ${SANS}`);
    write(note, x, MARGIN + TILE + 34);
  });
  const [scale, rho] = [document.createElement('canvas'), document.createElement('canvas')];
  paintScale(scale, lut);
  paintRhoScale(rho);
  const y = MARGIN + TILE + CAPTION + 16;
  legend(t('figure.least'), scale, t('maps.most'), MARGIN);
  legend(t('maps.from'), rho, '1', MARGIN + TILE + GAP);
  return canvas.convertToBlob({ type: 'image/png' });

  /**
   * @param {string} from
   * @param {HTMLCanvasElement} bar
   * @param {string} to
   * @param {number} x
   */
  function legend(from, bar, to, x) {
    write(from, x, y);
    const start = x + pen.measureText(from).width + 8;
    pen.drawImage(bar, start, y + 4, 110, 9);
    write(to, start + 118, y);
  }
}
