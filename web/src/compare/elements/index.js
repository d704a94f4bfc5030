import { BoxEditor } from './box.js';
import { MethodCard } from './card.js';
import { ComparisonView } from './comparison.js';
import { Curves } from './curves.js';
import { MethodChoice } from './methods.js';
import { NetworkChoice } from './network.js';
import { Start } from './start.js';
import { VersusChoice } from './versus.js';

export const COMPARE_ELEMENTS = {
  'peer-box': BoxEditor,
  'peer-comparison': ComparisonView,
  'peer-curves': Curves,
  'peer-method': MethodCard, // Made by the comparison.
  'peer-methods': MethodChoice,
  'peer-network': NetworkChoice,
  'peer-start': Start,
  'peer-versus': VersusChoice,
};
