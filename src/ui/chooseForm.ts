import { InputDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IOutputForm } from '../tokens';

/**
 * Have the person pick one of the forms that an output can take.
 *
 * @param words - translated: what it is for, and the button's label
 * @returns null where the person picks none
 */
export async function chooseForm(
  forms: readonly IOutputForm[],
  words: { title: string; okLabel: string },
  trans: TranslationBundle
): Promise<IOutputForm | null> {
  const labels = forms.map(({ label, content }, at) =>
    // The chosen text is all that comes back: it must be unique.
    forms.findIndex(other => other.label === label) === at
      ? label
      : `${label} – ${content.name}`
  );
  const { button, value } = await InputDialog.getItem({
    ...words,
    label: trans.__('Form'),
    items: labels,
    current: 0,
    editable: false
  });
  return button.accept && value !== null ? forms[labels.indexOf(value)] : null;
}
