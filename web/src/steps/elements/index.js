import { Steps } from './steps.js';

export const STEPS_ELEMENTS = { 'peer-steps': Steps };
