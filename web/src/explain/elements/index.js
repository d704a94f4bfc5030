import { AgreementCard } from './agreement.js';
import { ClassChoice } from './class.js';
import { CropHandle } from './crop-handle.js';
import { Legend } from './legend.js';
import { Maps } from './maps.js';
import { Matrix } from './matrix.js';
import { Predictions } from './predictions.js';
import { Present } from './present.js';
import { RegionCard } from './region.js';
import { RegionsTable } from './regions-table.js';
import { Settings } from './settings.js';
import { ViewControls } from './view-controls.js';
import { ImageViewer } from './viewer.js';

export const EXPLAIN_ELEMENTS = {
  'peer-agreement': AgreementCard,
  'peer-class': ClassChoice,
  'peer-crop': CropHandle,
  'peer-legend': Legend,
  'peer-maps': Maps,
  'peer-matrix': Matrix,
  'peer-predictions': Predictions,
  'peer-present': Present,
  'peer-region': RegionCard,
  'peer-settings': Settings,
  'peer-table': RegionsTable,
  'peer-view': ViewControls,
  'peer-viewer': ImageViewer,
};
