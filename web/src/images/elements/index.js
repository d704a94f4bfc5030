import { Credits } from './credits.js';
import { Intake } from './intake.js';

export const IMAGES_ELEMENTS = { 'peer-credits': Credits, 'peer-intake': Intake };
