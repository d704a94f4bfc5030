import { DeviceChoice } from './device.js';
import { PairNote } from './pair.js';
import { NetworksPanel } from './panel.js';

export const NETWORKS_ELEMENTS = { 'peer-device': DeviceChoice, 'peer-pair': PairNote, 'peer-networks': NetworksPanel };
