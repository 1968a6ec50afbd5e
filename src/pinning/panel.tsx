/** The pin table, the services, and the folders that are kept pinned. */
import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IPinPolicy, IPinRecord, PinBadge } from '../tokens';
import { CidChip } from '../ui/cid';
import { BADGES } from './badges';
import type { Pinning } from './pinning';
import type { ServiceProvider } from './service';
import { ServiceList } from './serviceList';
import { errorWords, problemWords, stateWords, whenWords } from './words';
import '../../style/pinning.css';

export interface IPanelActions {
  addService(): Promise<void>;
  changeService(service: ServiceProvider): Promise<void>;
  removeService(service: ServiceProvider): Promise<void>;
}

export interface IPanelProps {
  pinning: Pinning;
  actions: IPanelActions;
  trans: TranslationBundle;
}

const SIGN: Record<IPinRecord['state'], PinBadge> = {
  pinned: 'here',
  queued: 'pinning',
  pinning: 'pinning',
  waiting: 'pinning',
  removing: 'pinning',
  failed: 'failed'
};

function State(props: {
  record: IPinRecord;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { record, trans } = props;
  const { problem, progress, nextTry, attempts, state } = record;
  const words = problem && problemWords(trans, problem);
  return (
    <>
      <span
        className={`jp-web3-pin-sign jp-web3-mod-${SIGN[state]}`}
        aria-hidden="true"
      >
        {BADGES[SIGN[state]]}
      </span>
      <span role="status">{stateWords(trans, record)}</span>
      {progress !== null && (
        <progress
          value={progress}
          max={1}
          aria-label={trans.__('Part that was sent')}
        />
      )}
      {words && (
        <div className="jp-web3-pin-problem" title={problem.message}>
          {words.title}. {words.meaning}
          {nextTry && attempts > 0 && (
            <>
              {' '}
              {trans.__(
                'Try %1 comes %2.',
                attempts + 1,
                whenWords(trans, nextTry)
              )}
            </>
          )}
        </div>
      )}
    </>
  );
}

function Row(props: IPanelProps & { record: IPinRecord }): React.JSX.Element {
  const { pinning, record, trans } = props;
  const [said, setSaid] = React.useState('');
  const press = (task: () => Promise<void> | void) => () => {
    setSaid('');
    Promise.resolve(task()).catch((reason: unknown) => {
      setSaid(errorWords(trans, reason));
    });
  };
  const button = (
    label: string,
    task: () => Promise<void> | void
  ): React.JSX.Element => (
    <button
      type="button"
      className="jp-mod-styled jp-Button"
      aria-label={trans.__('%1: %2', label, record.name || record.cid)}
      onClick={press(task)}
    >
      {label}
    </button>
  );
  const { id, cid, provider, state } = record;
  const label = pinning.providers.find(one => one.id === provider)?.label;
  const waits = record.nextTry !== null && record.attempts > 0;
  return (
    <tr>
      <th scope="row" title={record.name}>
        {record.name || trans.__('Without a name')}
      </th>
      <td>
        <CidChip cid={cid} trans={trans} />
      </td>
      <td>{label ?? provider}</td>
      <td>
        <State record={record} trans={trans} />
        {said && <div role="alert">{said}</div>}
      </td>
      <td className="jp-web3-pin-actions">
        {(state === 'failed' || waits) &&
          button(trans.__('Try again'), () => pinning.retry(id))}
        {state === 'pinned' &&
          button(trans.__('Unpin'), () => pinning.unpin(cid, provider))}
        {(state === 'waiting' || state === 'queued' || state === 'pinning') &&
          button(trans.__('Cancel'), () => pinning.cancel(id))}
        {(state === 'failed' || (state === 'removing' && waits)) &&
          button(trans.__('Take off the list'), () => pinning.queue.forget(id))}
      </td>
    </tr>
  );
}

function Followed(
  props: IPanelProps & { policies: readonly IPinPolicy[] }
): React.JSX.Element | null {
  const { pinning, policies, trans } = props;
  if (policies.length === 0) {
    return null;
  }
  return (
    <section aria-label={trans.__('Folders kept pinned')}>
      <h3>{trans.__('Folders kept pinned')}</h3>
      <ul className="jp-web3-pin-list">
        {policies.map(({ id, path, provider }) => (
          <li key={id}>
            <span className="jp-web3-pin-listName">{path}</span>
            <span>
              {pinning.providers.find(one => one.id === provider)?.label ??
                provider}
            </span>
            <button
              type="button"
              className="jp-mod-styled jp-Button"
              aria-label={trans.__('Stop: %1', path)}
              onClick={() => void pinning.unfollow(id)}
            >
              {trans.__('Stop')}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Table(props: IPanelProps): React.JSX.Element {
  const { pinning, trans } = props;
  // "in 12 s" goes on without a change in the queue.
  const [, tick] = React.useReducer((n: number) => n + 1, 0);
  const { records } = pinning;
  const waiting = records.some(({ nextTry }) => nextTry !== null);
  React.useEffect(() => {
    const timer = waiting ? setInterval(tick, 1000) : undefined;
    return () => clearInterval(timer);
  }, [waiting]);
  if (records.length === 0) {
    return (
      <p className="jp-web3-pin-empty">
        {trans.__(
          'Nothing is pinned yet. Right-click a file or folder of the IPFS drive and choose “Pin…” to have it kept.'
        )}
      </p>
    );
  }
  return (
    <div className="jp-web3-pin-scroll">
      <table className="jp-web3-pin-table" aria-label={trans.__('Pins')}>
        <thead>
          <tr>
            <th scope="col">{trans.__('Name')}</th>
            <th scope="col">{trans.__('CID')}</th>
            <th scope="col">{trans.__('Where')}</th>
            <th scope="col">{trans.__('State')}</th>
            <th scope="col">
              <span className="jp-web3-visuallyHidden">
                {trans.__('Actions')}
              </span>
            </th>
          </tr>
        </thead>
        <tbody>
          {records.map(record => (
            <Row key={record.id} {...props} record={record} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

export class PinPanel extends ReactWidget {
  constructor(private _props: IPanelProps) {
    super();
    this.addClass('jp-web3-pins');
  }

  protected render(): React.JSX.Element {
    const { pinning, trans } = this._props;
    return (
      <UseSignal signal={pinning.recordsChanged}>
        {() => (
          <>
            <section aria-label={trans.__('Pins')}>
              <h3>{trans.__('Pins')}</h3>
              <Table {...this._props} />
            </section>
            <Followed {...this._props} policies={pinning.policies} />
            <UseSignal signal={pinning.providersChanged}>
              {() => <ServiceList {...this._props} />}
            </UseSignal>
          </>
        )}
      </UseSignal>
    );
  }
}
