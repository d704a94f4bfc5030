import { AnswerCard } from './answer.js';
import { EffectMaps } from './effects.js';
import { PlacesLayer } from './places.js';
import { WhatIfTools } from './tools.js';

export const WHAT_IF_ELEMENTS = {
  'peer-answer': AnswerCard,
  'peer-effects': EffectMaps,
  'peer-places': PlacesLayer,
  'peer-tools': WhatIfTools,
};
