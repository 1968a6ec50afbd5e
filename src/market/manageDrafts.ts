/**
 * What is typed on the management page and not saved yet. It outlives the forms:
 * a node that fails, a wallet that is locked or another section that is saved
 * takes nothing away. Fields that were not touched show what is there now.
 */
import * as React from 'react';

export class Drafts {
  get(section: string): Readonly<Record<string, unknown>> {
    return this._of.get(section) ?? {};
  }

  set(section: string, draft: Readonly<Record<string, unknown>>): void {
    this._of.set(section, draft);
  }

  /** It was saved, or is not wanted any more. */
  clear(section: string): void {
    this._of.delete(section);
  }

  private _of = new Map<string, Readonly<Record<string, unknown>>>();
}

const same = (a: unknown, b: unknown): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

/**
 * A form over what is there now: fields that were typed in, else as they are.
 *
 * @param section - its name, unique on the page
 * @param before - what is there now
 * @returns the form; change fields of it; forget what was typed
 */
export function useDraft<T extends object>(
  drafts: Drafts,
  section: string,
  before: T
): [T, (patch: Partial<T>) => void, () => void] {
  const [, again] = React.useReducer((count: number) => count + 1, 0);
  const typed = drafts.get(section);
  const form = { ...before, ...typed };
  const set = (patch: Partial<T>): void => {
    const all = { ...drafts.get(section), ...patch };
    drafts.set(
      section,
      Object.fromEntries(
        Object.entries(all).filter(
          ([name, value]) => !same(value, before[name as keyof T])
        )
      )
    );
    again();
  };
  const clear = (): void => {
    drafts.clear(section);
    again();
  };
  return [form, set, clear];
}
