/**
 * The quiet line, the offline banner, and "showing N of M" of the browser.
 */
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IIpfs, IIpfsStatus } from '../tokens';
import type { IpfsBrowserModel } from './models';
import { describeError, formatBytes } from './words';

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

/** The line while the page itself keeps the files. */
function BrowserLine(props: {
  ipfs: IIpfs;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { ipfs, trans } = props;
  const { repoSize, quota } = ipfs.status;
  const found = ipfs.engines?.found;
  const parts = [trans.__('In this browser only')];
  if (repoSize !== undefined && quota !== undefined) {
    parts.push(trans.__('%1 of %2', formatBytes(repoSize), formatBytes(quota)));
  }
  const explain = (): void => {
    import('./embedded')
      .then(({ showMeaning }) => showMeaning(ipfs, trans))
      .catch((reason: unknown) => console.error('No dialog', reason));
  };
  return (
    <>
      <div className="jp-web3-drive-line jp-web3-mod-browser" role="status">
        {parts.join(' · ')}
        {'\u00a0· '}
        <button
          type="button"
          className="jp-web3-drive-explain"
          onClick={explain}
        >
          {trans.__('What does this mean?')}
        </button>
      </div>
      {found && (
        <div className="jp-web3-drive-found" role="status">
          <span>
            {trans.__('An IPFS node answers now at')}{' '}
            <code>{found.endpoint}</code>
          </span>
          <BusyButton
            label={trans.__('Move to Kubo')}
            busyLabel={trans.__('Moving…')}
            className="jp-mod-accept"
            action={() => move(ipfs, trans)}
          />
        </div>
      )}
    </>
  );
}

async function move(ipfs: IIpfs, trans: TranslationBundle): Promise<void> {
  const { moveToKubo } = await import('./embedded');
  try {
    await moveToKubo(ipfs, trans);
  } catch (error) {
    // Its own notification has told it.
    console.warn('The files stay in this browser', error);
  }
}

/** A button that can't be pressed twice. */
function BusyButton(props: {
  label: string;
  busyLabel: string;
  className?: string;
  action: () => Promise<void>;
}): React.JSX.Element {
  const [busy, setBusy] = React.useState(false);
  const run = (): void => {
    setBusy(true);
    void props.action().finally(() => setBusy(false));
  };
  return (
    <button
      type="button"
      className={`jp-web3-drive-retry jp-Button jp-mod-styled ${props.className ?? ''}`}
      disabled={busy}
      onClick={run}
    >
      {busy ? props.busyLabel : props.label}
    </button>
  );
}

interface IOfflineProps {
  ipfs: IIpfs;
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
  const { ipfs, trans } = props;
  return (
    <>
      <BusyButton
        label={trans.__('Retry')}
        busyLabel={trans.__('Looking…')}
        className="jp-mod-accept"
        action={props.retry}
      />
      {ipfs.engines && (
        <BusyButton
          label={trans.__('Use this browser instead')}
          busyLabel={trans.__('Opening…')}
          action={() => useBrowser(ipfs, trans)}
        />
      )}
    </>
  );
}

async function useBrowser(
  ipfs: IIpfs,
  trans: TranslationBundle
): Promise<void> {
  try {
    await ipfs.engines?.use('browser');
  } catch (error) {
    Notification.error(
      trans.__(
        'This browser can’t keep the files: %1',
        describeError(error, trans)
      )
    );
  }
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
          if (this._ipfs.engine.kind === 'browser') {
            return <BrowserLine ipfs={this._ipfs} trans={this._trans} />;
          }
          return status.state === 'offline' ? (
            <Offline
              ipfs={this._ipfs}
              status={status}
              retry={this._retry}
              trans={this._trans}
            />
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
