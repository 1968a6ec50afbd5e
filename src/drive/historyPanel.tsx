/**
 * The timeline of a file or folder.
 */
import { Time } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';

import { CidChip } from '../ui/cid';
import {
  DIFFERENCES,
  type HistoryModel,
  type IComparison
} from './historyModel';
import { changeWords } from './historyWords';
import type { Difference, IMoment } from './timeline';
import { describeError } from './words';
import '../../style/drive-history.css';

interface IProps {
  model: HistoryModel;
  trans: TranslationBundle;
}

export class HistoryPanel extends ReactWidget {
  constructor(
    private _model: HistoryModel,
    private _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-web3-history');
    this.node.tabIndex = -1;
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._model.dispose();
    }
    super.dispose();
  }

  protected onActivateRequest(): void {
    this.node.focus();
  }

  protected render(): React.JSX.Element {
    return (
      <UseSignal signal={this._model.changed}>
        {() => <Timeline model={this._model} trans={this._trans} />}
      </UseSignal>
    );
  }
}

function Timeline({ model, trans }: IProps): React.JSX.Element {
  const { moments, state, error, more, path } = model;
  const limits = model.history.limits;
  return (
    <div className="jp-web3-history-body">
      <h2 title={path}>
        {path === '/' ? trans.__('History of the drive') : path.slice(1)}
      </h2>
      <p className="jp-web3-history-note">
        {model.history.enabled
          ? trans.__(
              'Earlier states are kept on your node for %1 days, at most %2 changes.',
              limits.days,
              limits.changes
            )
          : trans.__('No history is kept: it is off in the settings.')}
      </p>
      {error !== null && (
        <p role="alert" className="jp-web3-history-error">
          {describeError(error, trans)}
        </p>
      )}
      <div role="status" aria-live="polite">
        {state === 'busy' &&
          !moments.length &&
          trans.__('Reading the history…')}
        {state === 'done' &&
          !moments.length &&
          trans.__('Nothing was changed here yet, as far as the history goes.')}
      </div>
      <ol className="jp-web3-history-list">
        {moments.map(moment => (
          <Moment
            key={moment.change.id}
            model={model}
            moment={moment}
            trans={trans}
          />
        ))}
      </ol>
      <div className="jp-web3-history-end">
        {more && (
          <Action
            label={trans.__('Show more')}
            run={() => void model.showMore()}
          />
        )}
        {moments.length > 0 && (
          <Action
            label={trans.__('Forget all history…')}
            run={() => void model.forget()}
          />
        )}
      </div>
    </div>
  );
}

function Moment(props: IProps & { moment: IMoment }): React.JSX.Element {
  const { model, moment, trans } = props;
  const { change, path } = moment;
  const own = change.entries.find(entry => entry.path === path);
  // Below or above it something was changed: it is there, or nobody knows.
  const gone = own !== undefined && own.after === null;
  const cid = own?.after;
  const comparison =
    model.comparison?.moment.change.id === change.id ? model.comparison : null;
  const busy = model.working !== null;
  return (
    <li
      className="jp-web3-history-moment"
      aria-busy={model.working === change.id}
    >
      <div className="jp-web3-history-what">
        <span className="jp-web3-history-words">
          {changeWords(change, path, trans)}
        </span>
        <time
          dateTime={change.when.toISOString()}
          title={Time.format(change.when)}
        >
          {Time.formatHuman(change.when)}
        </time>
      </div>
      {cid && <CidChip cid={cid} trans={trans} />}
      <div className="jp-web3-history-actions">
        {!gone && (
          <>
            <Action
              label={trans.__('Open')}
              title={trans.__('Open this state, read-only')}
              disabled={busy}
              run={() => void model.open(moment)}
            />
            <Action
              label={trans.__('Compare')}
              title={trans.__('Show what is different now')}
              pressed={comparison !== null}
              disabled={busy}
              run={() => void model.compare(moment)}
            />
          </>
        )}
        {!gone && model.path !== '/' && (
          <Action
            label={trans.__('Restore')}
            title={trans.__('Make it what it was after this change')}
            disabled={busy}
            run={() => void model.restore(moment)}
          />
        )}
        <Action
          label={trans.__('Undo')}
          title={trans.__('Take this change back')}
          disabled={busy}
          run={() => void model.undo(moment)}
        />
      </div>
      {comparison && <Comparison comparison={comparison} trans={trans} />}
    </li>
  );
}

function Comparison(props: {
  comparison: IComparison;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { comparison, trans } = props;
  const { state, found, error } = comparison;
  const words: Record<Difference, string> = {
    added: trans.__('Added since'),
    removed: trans.__('Gone since'),
    changed: trans.__('Changed since')
  };
  return (
    <div className="jp-web3-history-diff" role="status">
      {state === 'busy' && trans.__('Comparing…')}
      {state === 'failed' && describeError(error, trans)}
      {state === 'done' && !found.length && trans.__('It is the same now.')}
      {state === 'done' && found.length > 0 && (
        <ul aria-label={trans.__('What is different now')}>
          {found.map(({ path, kind }) => (
            <li key={path} data-kind={kind}>
              <span className="jp-web3-history-kind">{words[kind]}</span>
              {path && <code>{path}</code>}
            </li>
          ))}
        </ul>
      )}
      {found.length >= DIFFERENCES &&
        trans.__('These are the first %1; there may be more.', DIFFERENCES)}
    </div>
  );
}

function Action(props: {
  label: string;
  title?: string;
  disabled?: boolean;
  pressed?: boolean;
  run: () => void;
}): React.JSX.Element {
  return (
    <button
      type="button"
      className="jp-Button jp-mod-styled jp-mod-minimal"
      title={props.title}
      disabled={props.disabled}
      aria-pressed={props.pressed}
      onClick={props.run}
    >
      {props.label}
    </button>
  );
}
