import { ClassPicker } from '../../shared/class-picker.js';
import { t } from '../../words/index.js';

/** The class to explain: one of the networks' classes, or the one that they give the highest average probability. */
export class ClassChoice extends ClassPicker {
  constructor() {
    super({
      id: 'class',
      testid: 'target',
      label: t('class'),
      none: ({ ask, result }) =>
        ask.target == null && result ? t('class.automatic-is', { label: result.target.label }) : t('class.automatic'),
      value: ({ ask }) => (typeof ask.target === 'number' ? ask.target : null),
      help: () => t('class.help'),
      action: (index) => ({ type: 'ask-changed', change: { target: index } }),
    });
  }
}
