/** What the sections of the management page share. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IManageState, ManageModel, ManageTask } from './manage';
import { codeOf } from './errors';
import {
  manageProblem,
  partlyProblem,
  partlyWords,
  promptWords,
  stepWords,
  taskLabel
} from './manageWords';

export interface IManageHandlers {
  /** A question that has to be answered with yes. */
  confirm: (title: string, body: string, label: string) => Promise<boolean>;
  /** Open the asset's own page. */
  open: () => void;
  /** Choose a file and make a new version of it; the path where that is known. */
  newVersion: () => void;
  /** Save a text to the workspace under a name that is free; its path. */
  save: (name: string, text: string) => Promise<string>;
}

export interface ISectionProps {
  model: ManageModel;
  state: IManageState;
  trans: TranslationBundle;
  handlers: IManageHandlers;
}

/** A part of the page, with a heading that it is named by. */
export function Section(props: {
  title: string;
  children: React.ReactNode;
}): React.JSX.Element {
  const id = React.useId();
  return (
    <section aria-labelledby={id} className="jp-web3-manage-section">
      <h2 id={id}>{props.title}</h2>
      {props.children}
    </section>
  );
}

/** What the wallet will be asked, before anything is pressed. */
export function Prompts(props: {
  signatures?: number;
  transactions: number;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { signatures = 0, transactions, trans } = props;
  return (
    <p className="jp-web3-asset-quiet">
      {promptWords(signatures, transactions, trans)}
    </p>
  );
}

/** Run a change; the model tells what became of it. */
export function press(change: () => Promise<unknown>): void {
  change().catch((reason: unknown) => {
    // The page shows it, in words.
    console.warn('A change was not made', reason);
  });
}

/** How the changes of a section are going. */
export function TaskStatus(
  props: Pick<ISectionProps, 'state' | 'trans'> & { tasks: ManageTask[] }
): React.JSX.Element {
  const { state, trans, tasks } = props;
  const { busy, done, problem, failed, isPartly } = state;
  return (
    <div role="status" className="jp-web3-manage-status">
      {busy && tasks.includes(busy.task) && (
        <p>
          <strong>{taskLabel(busy.task, trans)}.</strong>{' '}
          {stepWords(busy, trans)}
        </p>
      )}
      {!busy && done !== null && tasks.includes(done) && (
        <p>{trans.__('Done: %1.', taskLabel(done, trans))}</p>
      )}
      {!busy && failed !== null && tasks.includes(failed) && (
        <>
          {problem !== null && (
            <p className="jp-web3-asset-problem">
              {isPartly && codeOf(problem) !== 'not-indexed'
                ? partlyProblem(problem, trans)
                : manageProblem(problem, trans)}
            </p>
          )}
          {isPartly && codeOf(problem) !== 'not-indexed' && (
            <p>{partlyWords(failed, trans)}</p>
          )}
        </>
      )}
    </div>
  );
}

/** How an address begins, in fields that take one: the same in all languages. */
export const ADDRESS = '0x…';

/** A field with its label. */
export function Field(props: {
  label: string;
  hint?: string;
  problem?: string | null;
  children: (id: string) => React.ReactNode;
}): React.JSX.Element {
  const id = React.useId();
  return (
    <div className="jp-web3-manage-field">
      <label htmlFor={id}>{props.label}</label>
      {props.children(id)}
      {props.hint && <p className="jp-web3-asset-quiet">{props.hint}</p>}
      {props.problem && (
        <p role="alert" className="jp-web3-asset-problem">
          {props.problem}
        </p>
      )}
    </div>
  );
}

export function TextField(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: string;
  disabled?: boolean;
  placeholder?: string;
  /** What is wrong with it, in words. */
  problem?: string | null;
}): React.JSX.Element {
  return (
    <Field label={props.label} hint={props.hint} problem={props.problem}>
      {id => (
        <input
          id={id}
          className="jp-mod-styled"
          value={props.value}
          aria-invalid={props.problem ? true : undefined}
          disabled={props.disabled}
          placeholder={props.placeholder}
          spellCheck={false}
          autoComplete="off"
          onChange={event => props.onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
