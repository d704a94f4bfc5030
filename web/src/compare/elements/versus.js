import { ClassPicker } from '../../shared/class-picker.js';
import { t } from '../../words/index.js';

/** @import { State } from '../../app/state.js' */

/** The class that the explained one is told from. */
export class VersusChoice extends ClassPicker {
  constructor() {
    super({
      id: 'versus',
      testid: 'versus',
      label: t('versus'),
      none: () => t('versus.none'),
      value: ({ comparison }) => comparison.versus?.class ?? null,
      help,
      action: (index) => {
        const versus = index === null ? null : { class: index, weight: 1 };
        return { type: 'compare-set', change: { versus } };
      },
    });
  }
}

/** @param {State} state */
function help({ comparison: { versus }, engine, result }) {
  const other = versus && engine.info?.classes[versus.class];
  if (!other || !result) return t('versus.help');
  return t('versus.evidence', { label: result.target.label, other });
}
