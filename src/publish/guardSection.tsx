/** What the checks before publishing found, in the dialog's summary. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Problem } from '../ui/errors';
import type { DialogModel } from './dialogModel';
import type { GuardModel } from './guardModel';
import type { IFinding, INote } from './guardTypes';
import { findingWords, noteWords, placeWords } from './guardWords';
import '../../style/guard.css';

interface IProps {
  model: DialogModel;
  trans: TranslationBundle;
  /** Close the dialog and show `guard.jump`. */
  onJump: () => void;
}

/** Findings that are shown at once; the others are folded away. */
const SHOWN = 5;

function Finding(
  props: IProps & { finding: IFinding; mayJump: boolean }
): React.JSX.Element {
  const { model, trans, onJump, finding, mayJump } = props;
  const where = placeWords(trans, finding.place);
  return (
    <li>
      {findingWords(trans, finding.kind)} <code>{finding.masked}</code>
      {', '}
      {mayJump ? (
        <button
          type="button"
          className="jp-web3-linkButton"
          title={trans.__('Show it; what you typed here is kept')}
          onClick={() => {
            model.guard.jump = finding.place;
            onJump();
          }}
        >
          <bdi>{where}</bdi>
        </button>
      ) : (
        <bdi>{where}</bdi>
      )}
    </li>
  );
}

function Findings(
  props: IProps & { findings: readonly IFinding[]; total: number }
): React.JSX.Element {
  const { findings, total, trans, model } = props;
  const item = (finding: IFinding, i: number): React.JSX.Element => (
    <Finding
      key={i}
      {...props}
      finding={finding}
      mayJump={model.canShow(finding.place)}
    />
  );
  const rest = total - SHOWN;
  return (
    <>
      <ul className="jp-web3-findings">{findings.slice(0, SHOWN).map(item)}</ul>
      {rest > 0 && (
        <details>
          <summary>{trans._n('One more', '%1 more', rest)}</summary>
          <ul className="jp-web3-findings">
            {findings.slice(SHOWN).map(item)}
          </ul>
          {total > findings.length && (
            <p>{trans.__('Only the first of each kind are listed.')}</p>
          )}
        </details>
      )}
    </>
  );
}

function Agree(props: { guard: GuardModel; label: string }): React.JSX.Element {
  return (
    <label>
      <input
        type="checkbox"
        checked={props.guard.agreed}
        onChange={event => {
          props.guard.agreed = event.target.checked;
        }}
      />
      {props.label}
    </label>
  );
}

/** How far the look through it is, or that it was not done. */
function Progress({ model, trans }: IProps): React.JSX.Element | null {
  const { guard } = model;
  const { state } = guard;
  const again = (
    <button
      type="button"
      className="jp-mod-styled"
      onClick={() => void guard.look()}
    >
      {trans.__('Check again')}
    </button>
  );
  const unchecked = (
    <Agree guard={guard} label={trans.__('Publish it unchecked')} />
  );
  switch (state.is) {
    case 'looking':
      return (
        <div className="jp-web3-guard-looking">
          <span>
            {guard.contents.length > 1
              ? trans.__(
                  'Looking for passwords and personal data (%1 of %2 files)…',
                  state.done,
                  guard.contents.length
                )
              : trans.__('Looking for passwords and personal data…')}
          </span>
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => guard.stop()}
          >
            {trans.__('Stop')}
          </button>
        </div>
      );
    case 'stopped':
      return (
        <Problem
          kind="warning"
          title={trans.__('It was not looked through.')}
          meaning={trans.__('There may be passwords or personal data in it.')}
        >
          {again}
          {unchecked}
        </Problem>
      );
    case 'failed':
      return (
        <Problem
          title={trans.__('It could not be looked through.')}
          meaning={trans.__('There may be passwords or personal data in it.')}
          details={{ label: trans.__('Details'), text: state.why }}
        >
          {again}
          {unchecked}
        </Problem>
      );
    case 'done': {
      const { unread, secrets } = state.scan;
      if (!guard.isUnchecked) {
        return null;
      }
      return unread.length ? (
        <Problem
          title={trans._n(
            'A file could not be read to look through it.',
            '%1 files could not be read to look through them.',
            unread.length
          )}
          details={{
            label: trans.__('Details'),
            text: unread
              .map(({ file, message }) => `${file}: ${message}`)
              .join('\n')
          }}
        >
          {again}
          {secrets === 0 && unchecked}
        </Problem>
      ) : (
        <Problem
          kind="warning"
          title={trans.__('Some of it was not looked through.')}
          meaning={trans.__(
            'There may be passwords or personal data in it. Below is what was left out.'
          )}
        >
          {secrets === 0 && unchecked}
        </Problem>
      );
    }
  }
}

/** That nothing was found, where all that is text was looked through. */
function Clean({ model, trans }: IProps): React.JSX.Element | null {
  const { scan, isUnchecked } = model.guard;
  if (!scan?.files || isUnchecked || scan.secrets + scan.personal > 0) {
    return null;
  }
  return (
    <p>
      {scan.binary.length
        ? trans.__(
            '✓ No passwords, keys or personal data were found in what is text.'
          )
        : trans.__('✓ No passwords, keys or personal data were found.')}
    </p>
  );
}

function Notes({ model, trans }: IProps): React.JSX.Element | null {
  const { notes } = model;
  const about = (note: INote): string =>
    note.files.length && model.contents.length > 1
      ? note.files.slice(0, 3).join(', ') + (note.files.length > 3 ? ', …' : '')
      : '';
  return notes.length ? (
    <ul className="jp-web3-guard-notes" aria-label={trans.__('Notes')}>
      {notes.map((note, i) => (
        <li key={i}>
          {noteWords(trans, note)}
          {note.code === 'in-catalogue' && (
            <>
              {' '}
              <bdi title={note.did}>{note.detail || note.did}</bdi>
            </>
          )}
          {about(note) && (
            <>
              {' '}
              <bdi className="jp-web3-guard-files">{about(note)}</bdi>
            </>
          )}
        </li>
      ))}
    </ul>
  ) : null;
}

export function GuardSection(props: IProps): React.JSX.Element {
  const { model, trans } = props;
  const { guard } = model;
  const { scan } = guard;
  const of = (severity: IFinding['severity']): IFinding[] =>
    scan?.findings.filter(finding => finding.severity === severity) ?? [];
  return (
    <section aria-label={trans.__('Checked before it leaves')}>
      <h4>{trans.__('Checked before it leaves')}</h4>
      <div role="status">
        <Progress {...props} />
        <Clean {...props} />
      </div>
      {!!scan?.secrets && (
        <Problem
          title={trans._n(
            'A password or key is in it.',
            '%1 passwords or keys are in it.',
            scan.secrets
          )}
          meaning={trans.__(
            'Whoever gets the content can use it. Take it out first, and change it if others have seen it.'
          )}
        >
          <Findings {...props} findings={of('secret')} total={scan.secrets} />
          <Agree
            guard={guard}
            label={trans._n(
              'Publish all the same, with one password or key in it',
              'Publish all the same, with %1 passwords or keys in it',
              scan.secrets
            )}
          />
        </Problem>
      )}
      {!!scan?.personal && (
        <Problem
          kind="warning"
          title={trans._n(
            'It may hold personal data.',
            'It may hold personal data, in %1 places.',
            scan.personal
          )}
          meaning={trans.__(
            'Whom it is about may have to agree before it is published.'
          )}
        >
          <Findings
            {...props}
            findings={of('personal')}
            total={scan.personal}
          />
        </Problem>
      )}
      <Notes {...props} />
      {guard.mayAsk &&
        (!model.seals ? (
          <button
            type="button"
            className="jp-mod-styled"
            disabled={guard.asking}
            title={trans.__('Asks by its CID, which tells them the CID')}
            onClick={() => void guard.askOthers()}
          >
            {guard.asking
              ? trans.__('Asking…')
              : trans.__('Ask your gateways and services who has it')}
          </button>
        ) : (
          <p className="jp-web3-field-hint">
            {trans.__(
              'Gateways are not asked whether they have it: that would tell them its CID, and it is to be sealed.'
            )}
          </p>
        ))}
    </section>
  );
}
