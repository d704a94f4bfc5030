import { AgreementCard } from './agreement.js';
import { ClassChoice } from './class.js';
import { Maps } from './maps.js';
import { Predictions } from './predictions.js';
import { RegionCard } from './region.js';
import { RegionsTable } from './regions-table.js';
import { Settings } from './settings.js';
import { ViewControls } from './view-controls.js';
import { ImageViewer } from './viewer.js';

export const EXPLAIN_ELEMENTS = {
  'peer-agreement': AgreementCard,
  'peer-class': ClassChoice,
  'peer-maps': Maps,
  'peer-predictions': Predictions,
  'peer-region': RegionCard,
  'peer-settings': Settings,
  'peer-table': RegionsTable,
  'peer-view': ViewControls,
  'peer-viewer': ImageViewer,
};
