import { ImageTable } from './images.js';
import { Queue } from './queue.js';

export const MANY_ELEMENTS = { 'peer-images': ImageTable, 'peer-queue': Queue };
