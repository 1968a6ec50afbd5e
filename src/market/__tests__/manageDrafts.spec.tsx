import { act } from 'react';
import * as React from 'react';
import { createRoot } from 'react-dom/client';

import { Drafts, useDraft } from '../manageDrafts';

(
  globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }
).IS_REACT_ACT_ENVIRONMENT = true;

interface IForm {
  name: string;
  tags: string;
}

function shown(drafts: Drafts): {
  form: () => IForm;
  set: (patch: Partial<IForm>) => void;
  clear: () => void;
  now: (before: IForm) => void;
  remove: () => void;
} {
  const root = createRoot(document.createElement('div'));
  let last: ReturnType<typeof useDraft<IForm>>;
  const Form = ({ before }: { before: IForm }): null => {
    last = useDraft(drafts, 'details', before);
    return null;
  };
  const now = (before: IForm): void =>
    act(() => root.render(<Form before={before} />));
  return {
    form: () => last[0],
    set: patch => act(() => last[1](patch)),
    clear: () => act(() => last[2]()),
    now,
    remove: () => act(() => root.unmount())
  };
}

test('what is typed outlives the form and what is saved elsewhere', () => {
  const drafts = new Drafts();
  const first = shown(drafts);
  first.now({ name: 'Iris', tags: 'a' });
  first.set({ name: 'Iris, again' });
  // Another section was saved: fields that were not touched show it.
  first.now({ name: 'Iris', tags: 'a, b' });
  expect(first.form()).toEqual({ name: 'Iris, again', tags: 'a, b' });
  first.remove();

  const second = shown(drafts);
  second.now({ name: 'Iris', tags: 'a, b' });
  expect(second.form().name).toBe('Iris, again');
  // Typed back: nothing of it is left.
  second.set({ name: 'Iris' });
  second.now({ name: 'Lilies', tags: '' });
  expect(second.form()).toEqual({ name: 'Lilies', tags: '' });
  second.set({ tags: 'c' });
  second.clear();
  expect(second.form()).toEqual({ name: 'Lilies', tags: '' });
});
