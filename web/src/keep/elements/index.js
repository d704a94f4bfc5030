import { Keep } from './keep.js';

export const KEEP_ELEMENTS = { 'peer-keep': Keep };
