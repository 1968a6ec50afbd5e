/**
 * The quiet line, the offline banner, and "showing N of M" of the browser.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IIpfs, IIpfsStatus } from '../tokens';
import type { IpfsBrowserModel } from './models';
import { formatBytes } from './words';

/** `Kubo 0.43 · 127.0.0.1 · 1.2 GB`. */
function statusLine(status: IIpfsStatus): string {
  const version = status.version?.split('.').slice(0, 2).join('.');
  return [
    version ? `Kubo ${version}` : 'Kubo',
    status.endpoint.replace(/:\d+$/, ''),
    status.repoSize === undefined ? '' : formatBytes(status.repoSize)
  ]
    .filter(Boolean)
    .join(' · ');
}

interface IOfflineProps {
  status: IIpfsStatus;
  retry: () => Promise<void>;
  trans: TranslationBundle;
}

function Offline(props: IOfflineProps): React.JSX.Element {
  return props.status.refusesPage ? (
    <Refused {...props} />
  ) : (
    <NotRunning {...props} />
  );
}

/** A direct RPC address whose node doesn't allow this page. */
function Refused(props: IOfflineProps): React.JSX.Element {
  const { status, trans } = props;
  const help = (): void => {
    import('./dialogs').then(
      ({ showAllowPage }) => showAllowPage(location.origin, trans),
      (reason: unknown) => console.error('No dialog', reason)
    );
  };
  return (
    <div className="jp-web3-drive-offline" role="alert">
      <p className="jp-web3-drive-offlineTitle">
        {trans.__('The IPFS node does not allow this page')}
      </p>
      <p>
        {trans.__('A node answers at')} <code>{status.endpoint}</code>,{' '}
        {trans.__('but the browser may not read its answers from here.')}
      </p>
      <button
        type="button"
        className="jp-web3-drive-retry jp-Button jp-mod-styled"
        onClick={help}
      >
        {trans.__('How to allow it…')}
      </button>
      <RetryButton {...props} />
    </div>
  );
}

function NotRunning(props: IOfflineProps): React.JSX.Element {
  const { status, trans } = props;
  const command = status.managed ? 'npm start' : 'ipfs daemon';
  return (
    <div className="jp-web3-drive-offline" role="alert">
      <p className="jp-web3-drive-offlineTitle">
        {trans.__('The IPFS node is not running')}
      </p>
      <p>
        {trans.__('Looked at')} <code>{status.endpoint || '–'}</code>.{' '}
        {trans.__(
          'Below is the last listing; your files are safe on the node.'
        )}
      </p>
      <p>
        {trans.__('Start it in a terminal:')} <code>{command}</code>
      </p>
      {status.reason && (
        <details>
          <summary>{trans.__('Details')}</summary>
          {status.reason}
        </details>
      )}
      <RetryButton {...props} />
    </div>
  );
}

function RetryButton(props: IOfflineProps): React.JSX.Element {
  const { trans } = props;
  const [busy, setBusy] = React.useState(false);
  const retry = (): void => {
    setBusy(true);
    void props.retry().finally(() => setBusy(false));
  };
  return (
    <button
      type="button"
      className="jp-web3-drive-retry jp-Button jp-mod-styled jp-mod-accept"
      disabled={busy}
      onClick={retry}
    >
      {busy ? trans.__('Looking…') : trans.__('Retry')}
    </button>
  );
}

/** Above the listing. */
export class DriveStatus extends ReactWidget {
  constructor(
    private _ipfs: IIpfs,
    private _retry: () => Promise<void>,
    private _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-web3-drive-status');
  }

  protected render(): React.JSX.Element {
    return (
      <UseSignal signal={this._ipfs.statusChanged}>
        {() => {
          const { status } = this._ipfs;
          return status.state === 'offline' ? (
            <Offline status={status} retry={this._retry} trans={this._trans} />
          ) : (
            <div
              className="jp-web3-drive-line"
              role="status"
              title={status.endpoint}
            >
              {status.state === 'online'
                ? statusLine(status)
                : this._trans.__('Looking for the IPFS node…')}
            </div>
          );
        }}
      </UseSignal>
    );
  }
}

/** Below the listing; there only when rows are left out. */
export class RowsLeftOut extends ReactWidget {
  constructor(
    private _model: IpfsBrowserModel,
    private _more: () => void,
    private _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-web3-drive-rows');
  }

  protected render(): React.JSX.Element {
    return (
      <UseSignal signal={this._model.shownChanged}>
        {() => {
          const { rows, total } = this._model.shown;
          return rows < total ? (
            <div className="jp-web3-drive-leftOut">
              <span role="status">
                {this._trans.__(
                  'Showing %1 of %2. The filter finds the others, too.',
                  rows.toLocaleString(),
                  total.toLocaleString()
                )}
              </span>
              <button
                type="button"
                className="jp-Button jp-mod-styled jp-mod-minimal"
                onClick={this._more}
              >
                {this._trans.__('Show more')}
              </button>
            </div>
          ) : null;
        }}
      </UseSignal>
    );
  }
}
