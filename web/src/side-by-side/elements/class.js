import { ClassPicker } from '../../shared/class-picker.js';
import { CLASS_LABEL, CLASS_HELP, NO_CLASS } from '../words.js';

/** The class that the right side is explained for. */
export class OtherClass extends ClassPicker {
  constructor() {
    super({
      id: 'sides-class',
      testid: 'sides-class',
      label: CLASS_LABEL,
      none: () => NO_CLASS,
      value: ({ sides: { other } }) => (other?.kind === 'class' ? other.target : null),
      help: () => CLASS_HELP,
      action: (target) =>
        target === null ? { type: 'sides-cleared' } : { type: 'sides-chosen', other: { kind: 'class', target } },
    });
  }
}
