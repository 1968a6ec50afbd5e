/** The lines of a job's card: steps and results. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IKeeperState, IPublishStep } from '../tokens';
import { CopyButton, shortAddress } from '../ui/address';
import { NODE_BUSY } from './atNode';
import { openPromptWords } from './promptWords';
import { holderName, keeperState } from './storageWords';
import { stepWords } from './words';
import '../../style/publish.css';

const MARKS = {
  done: '✓',
  running: '●',
  wallet: '●',
  waiting: '○',
  skipped: '–'
} as const;

/** `bafy…n3ka`, `did:op:35e2…4990`. */
function short(text: string): string {
  const prefix = text.startsWith('did:op:') ? 'did:op:' : '';
  const rest = text.slice(prefix.length);
  return rest.length > 16
    ? `${prefix}${rest.slice(0, prefix ? 4 : 6)}…${rest.slice(-4)}`
    : text;
}

/** Those who are to keep it and how far they are; or those who have it. */
function Keepers(props: {
  keepers: readonly IKeeperState[];
  trans: TranslationBundle;
}): React.JSX.Element {
  const { keepers, trans } = props;
  return (
    <ul className="jp-web3-keepers" aria-label={trans.__('Kept by')}>
      {keepers.map(keeper => {
        const words = trans.__(
          '%1: %2',
          holderName(trans, keeper),
          keeperState(trans, keeper)
        );
        return (
          <li key={keeper.id}>
            {words}
            {keeper.progress !== undefined && (
              <progress value={keeper.progress} aria-label={words} />
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** A step of a job, as what it does for the person. */
export function Step(props: {
  step: IPublishStep;
  /** What an open prompt is about. */
  asked?: { name: string; node: string; network: string; currency: string };
  trans: TranslationBundle;
}): React.JSX.Element {
  const { step, asked, trans } = props;
  const meaning =
    step.state === 'wallet' && asked
      ? openPromptWords(trans, step.id, asked)
      : null;
  const [now, all] = step.detail?.split('/') ?? [];
  const words =
    step.state === 'wallet'
      ? trans.__('Waiting for your wallet: %1 of %2', now, all)
      : stepWords(trans, step.id);
  return (
    <li className={`jp-web3-step jp-web3-mod-${step.state}`}>
      <span aria-hidden="true">{MARKS[step.state]}</span> {words}
      {step.state === 'running' && step.progress !== undefined && (
        <progress value={step.progress} aria-label={words} />
      )}
      {meaning && <small className="jp-web3-stepNote">{meaning}</small>}
      {step.state === 'running' && step.detail === NODE_BUSY && (
        <small className="jp-web3-stepNote">
          {trans.__('The Ocean Node asks to wait. This goes on by itself.')}
        </small>
      )}
      {step.state === 'done' && step.detail && (
        <>
          {' '}
          <code title={step.detail}>{short(step.detail)}</code>
        </>
      )}
      {!!step.keepers?.length && (
        <Keepers keepers={step.keepers} trans={trans} />
      )}
      <span className="jp-web3-visuallyHidden">
        {step.state === 'done' && trans.__('done')}
      </span>
    </li>
  );
}

/** A result with its copy button, and its page at the explorer. */
export function Line(props: {
  label: string;
  value: string;
  href?: string | null;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { label, value, href, trans } = props;
  const text = value.startsWith('0x') ? shortAddress(value) : short(value);
  return (
    <div className="jp-web3-resultLine">
      <dt>{label}</dt>
      <dd>
        {href ? (
          <a
            href={href}
            target="_blank"
            rel="noopener noreferrer"
            title={value}
          >
            {text}
          </a>
        ) : (
          <code title={value}>{text}</code>
        )}
        <CopyButton
          text={value}
          label={trans.__('Copy %1', label)}
          trans={trans}
        />
      </dd>
    </div>
  );
}
