import { ClassPicker } from '../../shared/class-picker.js';
import { CLASS_LABEL, LEAVE, NO_CLASS } from '../words.js';

/** The class that the right side is explained for. */
export class OtherClass extends ClassPicker {
  constructor() {
    super({
      id: 'sides-class',
      testid: 'sides-class',
      label: CLASS_LABEL,
      none: () => NO_CLASS,
      value: ({ sides: { other } }) => (other?.kind === 'class' ? other.target : null),
      help: () => LEAVE,
      action: (target) =>
        target === null
          ? { type: 'sides-kind', kind: 'class' }
          : { type: 'sides-chosen', other: { kind: 'class', target } },
    });
  }
}
