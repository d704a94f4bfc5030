import { ClassPicker } from '../../shared/class-picker.js';

/** The class to explain: one of the networks' classes, or the one that they give the highest average probability. */
export class ClassChoice extends ClassPicker {
  constructor() {
    super({
      id: 'class',
      testid: 'target',
      label: 'Class',
      none: ({ ask, result }) => (ask.target == null && result ? `Automatic: ${result.target.label}` : 'Automatic'),
      value: ({ ask }) => (typeof ask.target === 'number' ? ask.target : null),
      help: () => 'Type to search, or press a class in a network’s list.',
      action: (index) => ({ type: 'ask-changed', change: { target: index } }),
    });
  }
}
