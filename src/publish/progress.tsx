/**
 * The jobs panel: a card for each publish job, running, waiting or done.
 */
import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { INetwork } from '../tokens';
import { shortAddress } from '../ui/address';
import { Problem } from '../ui/errors';
import { useChanges } from '../ui/useChanges';
import { Line, Step } from './cardParts';
import type { PublishJob } from './job';
import type { Publisher } from './publisher';
import { canGoOnWithout, keepersOf } from './storage';
import { keeperTrouble, keptBy, leftWords } from './storageWords';
import { errorWords, problemWords } from './words';
import '../../style/publish.css';

export interface IProgressActions {
  open(did: string): void;
  insertCode(did: string): void;
  network(chainId: number): INetwork | null;
  switchNetwork(chainId: number): Promise<void>;
  connect(): Promise<void>;
}

interface IProps {
  job: PublishJob;
  publisher: Publisher;
  actions: IProgressActions;
  trans: TranslationBundle;
}

function Result({ job, actions, trans }: IProps): React.JSX.Element | null {
  const [shared, setShared] = React.useState(false);
  const { result, record } = job;
  if (!result) {
    return null;
  }
  const kept = keptBy(trans, record);
  const explorer = actions.network(record.chainId)?.explorer;
  const at = (kind: string, what: string): string | null =>
    explorer ? `${explorer}/${kind}/${what}` : null;
  const share = async (): Promise<void> => {
    await navigator.clipboard.writeText(
      trans.__('%1 on Ocean: %2', job.name, result.did)
    );
    setShared(true);
  };
  return (
    <>
      <dl className="jp-web3-result">
        <Line label={trans.__('DID')} value={result.did} trans={trans} />
        <Line
          label={trans.__('NFT')}
          value={result.nftAddress}
          href={at('address', result.nftAddress)}
          trans={trans}
        />
        <Line
          label={trans.__('Datatoken')}
          value={result.datatokenAddress}
          href={at('address', result.datatokenAddress)}
          trans={trans}
        />
        <Line label={trans.__('CID')} value={result.cid} trans={trans} />
        {kept && (
          <div className="jp-web3-resultLine jp-web3-mod-wrap">
            <dt>{trans.__('Kept by')}</dt>
            <dd title={trans.__('Each was asked before it was registered')}>
              {kept}
            </dd>
          </div>
        )}
        <Line
          label={trans.__('Transaction')}
          value={result.txs.mint || result.txs.metadata}
          href={at('tx', result.txs.mint || result.txs.metadata)}
          trans={trans}
        />
      </dl>
      <div className="jp-web3-cardActions">
        <button
          type="button"
          className="jp-mod-styled jp-mod-accept"
          onClick={() => actions.open(result.did)}
        >
          {trans.__('Open')}
        </button>
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => actions.insertCode(result.did)}
        >
          {trans.__('Insert code')}
        </button>
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => void share()}
        >
          {shared ? trans.__('Copied') : trans.__('Share')}
        </button>
      </div>
    </>
  );
}

/** Those who do not keep it yet, and going on without them. */
function KeepersLeft(
  props: IProps & { press: (task: () => Promise<void>) => void }
): React.JSX.Element | null {
  const { job, trans, press } = props;
  const { record } = job;
  const open = record.done.includes('pin')
    ? []
    : keepersOf(record).filter(({ pinned }) => !pinned);
  return open.length && record.root ? (
    <ul className="jp-web3-keepers">
      {open.map(keeper => (
        <li key={keeper.provider}>
          {keeper.trouble ? keeperTrouble(trans, keeper) : keeper.label}
          {canGoOnWithout(record, keeper.provider) && (
            <button
              type="button"
              className="jp-mod-styled"
              onClick={() => press(() => job.goOnWithout(keeper.provider))}
            >
              {trans.__('Go on without %1', keeper.label)}
            </button>
          )}
        </li>
      ))}
    </ul>
  ) : null;
}

/** Why it waits, and the one button that helps; plus Discard. */
function Paused(
  props: IProps & { press: (task: () => Promise<void>) => void }
): React.JSX.Element | null {
  const { job, actions, trans, press } = props;
  const { problem, record } = job;
  if (job.status !== 'paused' || !problem) {
    return null;
  }
  const words = problemWords(trans, problem, !!record.root);
  const network = actions.network(record.chainId);
  const button = (label: string, task: () => Promise<void> | void) => (
    <button
      type="button"
      className="jp-mod-styled jp-mod-accept"
      onClick={() => press(async () => task())}
    >
      {label}
    </button>
  );
  const goOn = (): void => job.resume();
  return (
    <Problem
      kind={problem.code === 'reloaded' ? 'warning' : 'error'}
      title={words.title}
      meaning={words.meaning}
      details={{ label: trans.__('Details'), text: problem.message }}
    >
      {problem.code === 'chain-changed' && network
        ? button(trans.__('Switch to %1', network.name), async () => {
            await actions.switchNetwork(record.chainId);
            goOn();
          })
        : problem.code === 'wallet-disconnected'
          ? button(trans.__('Log in'), async () => {
              await actions.connect();
              goOn();
            })
          : problem.code === 'reloaded' || problem.code === 'paused-by-person'
            ? button(trans.__('Resume'), goOn)
            : problem.code === 'prompt-unknown'
              ? button(trans.__('Look again'), goOn)
              : button(trans.__('Try again'), goOn)}
      {problem.code === 'account-changed' && (
        <span>{trans.__('Started with %1', shortAddress(record.account))}</span>
      )}
      {problem.code === 'prompt-unknown' && (
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => press(() => job.promptClosed())}
        >
          {trans.__('It is closed: ask me again')}
        </button>
      )}
      <KeepersLeft {...props} />
      {!record.minted && !record.metadata && (
        <button
          type="button"
          className="jp-mod-styled jp-mod-warn"
          onClick={() => press(() => job.cancel())}
        >
          {trans.__('Discard')}
        </button>
      )}
    </Problem>
  );
}

function remainsWords(trans: TranslationBundle, job: PublishJob): string {
  const remains = job.record.remains ?? [];
  return [
    trans.__('Discarded. Nothing was published on the chain.'),
    remains.includes('copies')
      ? remains.includes('pin-kept')
        ? trans.__(
            'It stays pinned here, because it was before or another publication needs it.'
          )
        : trans.__(
            'It is no longer pinned here; copies may remain where your node was online or a service had it.'
          )
      : '',
    leftWords(trans, job.record),
    remains.includes('open-prompt')
      ? trans.__(
          'A prompt may still be open in your wallet: refuse it, approving would only cost gas.'
        )
      : ''
  ].join(' ');
}

function Card(props: IProps): React.JSX.Element {
  const { job, publisher, trans } = props;
  const [failure, setFailure] = React.useState<unknown>(null);
  const press = (task: () => Promise<void>): void => {
    setFailure(null);
    task().catch(setFailure);
  };
  const created = new Date(job.created);
  const network = props.actions.network(job.record.chainId);
  const asked = {
    name: job.name,
    node: job.record.node,
    network: network?.name ?? String(job.record.chainId),
    currency: network?.currency.symbol ?? ''
  };
  const over = job.status === 'done' || job.status === 'cancelled';
  const shown = job.steps.filter(step => step.state !== 'skipped');
  const status = {
    running: trans.__('Publishing'),
    paused: trans.__('Paused'),
    done: trans.__('Published'),
    cancelled: trans.__('Discarded')
  }[job.status];
  return (
    <li
      className={`jp-web3-jobCard jp-web3-mod-${job.status}`}
      aria-label={job.name}
    >
      <header>
        <strong>{job.name}</strong>
        {job.record.version && <span>{trans.__('new version')}</span>}
        <span role="status">{status}</span>
        <time dateTime={job.created} title={created.toLocaleString()}>
          {created.toLocaleTimeString([], {
            hour: '2-digit',
            minute: '2-digit'
          })}
        </time>
      </header>
      {job.status === 'running' && (
        <ol className="jp-web3-steps" aria-live="polite">
          {shown.map(step => (
            <Step key={step.id} step={step} asked={asked} trans={trans} />
          ))}
        </ol>
      )}
      {job.record.encryptedAgain && job.status !== 'done' && (
        <Problem
          kind="warning"
          title={trans.__('Somebody else published at the same moment.')}
          meaning={trans.__(
            'Your asset got other addresses than foreseen: two more signatures, free. What you paid stays good.'
          )}
        />
      )}
      <Paused {...props} press={press} />
      <Result {...props} />
      {job.status === 'cancelled' && <p>{remainsWords(trans, job)}</p>}
      {job.status === 'done' && job.record.takeOffDrive.length > 0 && (
        <Problem
          kind="warning"
          title={trans.__('It is still on your IPFS drive in the clear.')}
          meaning={job.record.takeOffDrive.join(', ')}
          details={
            job.record.takeOffTrouble
              ? { label: trans.__('Details'), text: job.record.takeOffTrouble }
              : undefined
          }
        >
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => job.resume()}
          >
            {trans.__('Move it to the workspace')}
          </button>
        </Problem>
      )}
      {failure !== null && <Problem title={errorWords(trans, failure)} />}
      {job.status === 'running' && (
        <div className="jp-web3-cardActions">
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => job.pause()}
          >
            {trans.__('Pause')}
          </button>
          <span className="jp-web3-field-hint">
            {trans.__('You can go on working meanwhile.')}
          </span>
        </div>
      )}
      {job.status !== 'running' && (
        <details>
          <summary>{trans.__('Details')}</summary>
          <ol className="jp-web3-steps">
            {shown.map(step => (
              <Step key={step.id} step={step} trans={trans} />
            ))}
          </ol>
          {over && (
            <button
              type="button"
              className="jp-mod-styled"
              onClick={() => press(() => publisher.forget(job.id))}
            >
              {trans.__('Remove from this list')}
            </button>
          )}
        </details>
      )}
    </li>
  );
}

function LiveCard(props: IProps): React.JSX.Element {
  useChanges(props.job.changed);
  return <Card {...props} />;
}

function Cards(props: Omit<IProps, 'job'>): React.JSX.Element {
  const { publisher, trans } = props;
  useChanges(publisher.jobsChanged);
  return publisher.jobs.length === 0 ? (
    <p className="jp-web3-empty">
      {trans.__(
        'Nothing published yet. Right-click a file or an output and choose “Publish to Ocean…”.'
      )}
    </p>
  ) : (
    <ul className="jp-web3-cards">
      {[...publisher.jobs].reverse().map(job => (
        <LiveCard key={job.id} job={job} {...props} />
      ))}
    </ul>
  );
}

export class ProgressPanel extends ReactWidget {
  constructor(
    private _publisher: Publisher,
    private _actions: IProgressActions,
    private _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-web3-publishing');
  }

  protected render(): React.JSX.Element {
    return (
      <Cards
        publisher={this._publisher}
        actions={this._actions}
        trans={this._trans}
      />
    );
  }
}
