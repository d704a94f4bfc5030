import { ClassPicker } from '../../shared/class-picker.js';
import { t } from '../../words/index.js';

/** The class that the right side is explained for. */
export class OtherClass extends ClassPicker {
  constructor() {
    super({
      id: 'sides-class',
      testid: 'sides-class',
      label: t('sides.class.label'),
      none: () => t('sides.class.none'),
      value: ({ sides: { other } }) => (other?.kind === 'class' ? other.target : null),
      help: () => t('sides.class.help'),
      action: (target) =>
        target === null ? { type: 'sides-cleared' } : { type: 'sides-chosen', other: { kind: 'class', target } },
    });
  }
}
