import { DeviceChoice } from './device.js';
import { PairNote } from './pair.js';

export const NETWORKS_ELEMENTS = { 'peer-device': DeviceChoice, 'peer-pair': PairNote };
