import { Entry } from './entry.js';
import { SideBySide } from './section.js';

export const SIDES_ELEMENTS = { 'peer-with': Entry, 'peer-sides': SideBySide };
