import { Store } from './store.js';
import { listSamples, runEffects } from './effects.js';
import { BoxEditor } from './elements/box.js';
import { MethodCard } from './elements/card.js';
import { ClassPicker, ContrastPicker } from './elements/class-picker.js';
import { Credits } from './elements/credits.js';
import { Curves } from './elements/curves.js';
import { DeviceChoice } from './elements/device.js';
import { GalleryView } from './elements/gallery.js';
import { Intake } from './elements/intake.js';
import { Look } from './elements/look.js';
import { Maps } from './elements/maps.js';
import { Methods } from './elements/methods.js';
import { Networks } from './elements/networks.js';
import { RegionCard } from './elements/region.js';
import { RegionsTable } from './elements/table.js';
import { Settings } from './elements/settings.js';
import { Stage } from './elements/stage.js';
import { Start } from './elements/start.js';
import { Status } from './elements/status.js';
import { Summary } from './elements/summary.js';
import { Theme } from './elements/theme.js';
import { Tops } from './elements/tops.js';

/** Every part of the page, by its tag. */
const PARTS = {
  'peer-box': BoxEditor,
  'peer-class': ClassPicker,
  'peer-contrast': ContrastPicker,
  'peer-credits': Credits,
  'peer-curves': Curves,
  'peer-device': DeviceChoice,
  'peer-gallery': GalleryView,
  'peer-intake': Intake,
  'peer-look': Look,
  'peer-maps': Maps,
  'peer-methods': Methods,
  'peer-networks': Networks,
  'peer-region': RegionCard,
  'peer-settings': Settings,
  'peer-stage': Stage,
  'peer-start': Start,
  'peer-status': Status,
  'peer-summary': Summary,
  'peer-table': RegionsTable,
  'peer-theme': Theme,
  'peer-tops': Tops,
};

for (const [tag, part] of Object.entries(PARTS)) customElements.define(tag, part);
customElements.define('peer-method', MethodCard); // Made by the gallery.
const parts = /** @type {NodeListOf<import('./element.js').Part>} */ (
  document.querySelectorAll(Object.keys(PARTS).join())
);

const store = new Store();
runEffects(store);
document.addEventListener('peerlight', (event) =>
  store.dispatch(/** @type {CustomEvent<import('./state.js').Action>} */ (event).detail),
);

/** @type {import('./state.js').State | null} */
let drawn = null;
let waiting = false;
store.subscribe(() => {
  // Many actions, one drawing. A timer, since a page in the background gets no animation frames.
  if (waiting) return;
  waiting = true;
  setTimeout(draw);
});

function draw() {
  waiting = false;
  const before = drawn;
  drawn = store.state;
  const { classList } = document.documentElement;
  classList.toggle('has-image', Boolean(drawn.image.preview));
  classList.toggle('has-result', Boolean(drawn.result));
  classList.toggle(
    'has-methods',
    Boolean(drawn.result && drawn.engine.catalog?.methods?.length && drawn.engine.catalog.metrics?.length),
  );
  classList.toggle('has-failed', drawn.engine.phase === 'failed');
  for (const part of parts) part.update(drawn, before);
}

draw();
listSamples().then((samples) => store.dispatch({ type: 'samples-listed', samples }));

// The networks come after the first paint; someone who saves data loads them with the first image.
const { saveData } = /** @type {{ connection?: { saveData?: boolean } }} */ (navigator).connection ?? {};
if (!saveData) requestAnimationFrame(() => setTimeout(() => store.dispatch({ type: 'engine-start' })));
