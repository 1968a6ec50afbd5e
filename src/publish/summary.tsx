/**
 * The live summary beside the publish form: what is published, where it is
 * stored, what the wallet will ask, and what can't be undone.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { displayAmount } from '../ui/amount';
import { Problem } from '../ui/errors';
import { SealingWords } from '../ui/sealing';
import type { DialogModel } from './dialogModel';
import { GuardSection } from './guardSection';
import { messageOf } from './errors';
import { isRejection } from './prompts';
import { promptWords } from './promptWords';
import { Stored } from './storageChoice';
import '../../style/publish.css';

interface IProps {
  model: DialogModel;
  trans: TranslationBundle;
  /** Close the dialog to show what was found. */
  onJump: () => void;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `4.6 kB`. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit ? value.toFixed(1) : value} ${UNITS[unit]}`;
}

function What({ model, trans }: IProps): React.JSX.Element {
  const { contents, bytes } = model;
  const [first] = contents;
  const source = first?.source;
  return (
    <section aria-label={trans.__('You publish')}>
      <h4>{trans.__('You publish')}</h4>
      <p>
        {contents.length === 1 ? (
          <bdi>{first.name}</bdi>
        ) : (
          trans._n('%1 file', '%1 files', contents.length)
        )}
        {bytes !== null && ` · ${bytesText(bytes)}`}
        {contents.length === 1 && ` · ${first.mediaType}`}
      </p>
      {model.zipped && (
        <p>{trans.__('More than 50 files are published as one zip.')}</p>
      )}
      {source?.path && contents.length === 1 && (
        <p>
          {source.kind === 'output'
            ? trans.__('from %1, cell %2', source.path, (source.cell ?? 0) + 1)
            : trans.__('from %1', source.path)}
        </p>
      )}
      {contents.length === 1 && first.cid && (
        <p className="jp-web3-cid" title={first.cid}>
          {trans.__(
            'CID %1',
            `${first.cid.slice(0, 6)}…${first.cid.slice(-4)}`
          )}
        </p>
      )}
    </section>
  );
}

function Sealing({ model, trans }: IProps): React.JSX.Element | null {
  if (!model.seals) {
    return null;
  }
  const isFree = model.form.price === 'free';
  if (model.wasPublished) {
    return (
      <Problem
        title={trans.__('This was published in the clear before.')}
        meaning={
          isFree
            ? trans.__('Anybody can read it: sealing it would hide nothing.')
            : trans.__('Anybody can read it, so it can’t be sold.')
        }
      />
    );
  }
  return (
    <>
      <p>
        {isFree
          ? trans.__(
              'It is sealed: encrypted here, before it leaves this page. Who orders it gets the key from the Ocean Node, which knows it too.'
            )
          : trans.__(
              'Because it has a price it is sealed: encrypted here, before it leaves this page. Buyers get the key from the Ocean Node, which knows it too.'
            )}
      </p>
      <SealingWords trans={trans} />
      {model.inTheClear.length > 0 && (
        <Problem
          kind="warning"
          title={trans.__('It is on your IPFS drive in the clear.')}
          meaning={trans.__(
            'Whoever has its CID can read it while your node is online.'
          )}
        >
          <label>
            <input
              type="checkbox"
              checked={model.takeOffDrive}
              onChange={event => model.setTakeOffDrive(event.target.checked)}
            />
            {trans.__(
              'Move it from the drive to my workspace once it is sealed and published'
            )}
          </label>
          <p className="jp-web3-field-hint">
            {trans.__(
              'It leaves the history of the drive too. Your node can hand it out until it has collected its garbage, and whoever has fetched it keeps it.'
            )}
          </p>
        </Problem>
      )}
    </>
  );
}

function Wallet({ model, trans }: IProps): React.JSX.Element | null {
  const { account, wallets, network, walletChain, form, failure } = model;
  const why = failure !== null && (
    <p className="jp-web3-field-problem" role="alert">
      {isRejection(failure)
        ? trans.__('The wallet said no. You can try again.')
        : messageOf(failure)}
    </p>
  );
  if (!account) {
    return (
      <section aria-label={trans.__('Log in')}>
        <h4>{trans.__('Log in to publish')}</h4>
        {wallets.length === 0 && (
          <p>
            {trans.__(
              'No wallet was found in this browser. The wallet sidebar says how to get one.'
            )}
          </p>
        )}
        {wallets.map(wallet => (
          <button
            key={wallet.uuid}
            type="button"
            className="jp-mod-styled"
            onClick={() => void model.connect(wallet.uuid)}
          >
            {wallet.name}
          </button>
        ))}
        {why}
      </section>
    );
  }
  if (network && walletChain !== form.chainId) {
    return (
      <section aria-label={trans.__('Network')}>
        <p>{trans.__('Your wallet is on another network.')}</p>
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => void model.switchNetwork()}
        >
          {trans.__('Switch to %1', network.name)}
        </button>
        {why}
      </section>
    );
  }
  return why ? <section>{why}</section> : null;
}

function Prompts({ model, trans }: IProps): React.JSX.Element {
  const { cost, network } = model;
  const { symbol, decimals } = network?.currency ?? {
    symbol: 'ETH',
    decimals: 18
  };
  const known = cost && 'total' in cost ? cost : null;
  const fee = (gas: bigint): string =>
    trans.__(
      '%1 %2',
      displayAmount(gas * (known?.gasPrice ?? 0n), decimals, { places: 6 }),
      symbol
    );
  return (
    <section aria-label={trans.__('Your wallet will ask 4 times')}>
      <h4>{trans.__('Your wallet will ask 4 times')}</h4>
      <ol>
        <li>{promptWords(trans, 'encrypt-files')}</li>
        <li>{promptWords(trans, 'encrypt-ddo')}</li>
        <li>
          {promptWords(trans, 'mint')}
          {known && ` (≈ ${fee(known.mintGas)})`}
        </li>
        <li>
          {promptWords(trans, 'metadata')}
          {known && ` (≈ ${fee(known.metadataGas)})`}
        </li>
      </ol>
      <p aria-live="polite">
        {known
          ? trans.__(
              'Both transactions ≈ %1 %2',
              displayAmount(known.total, decimals, { places: 6 }),
              symbol
            )
          : cost && 'failed' in cost
            ? trans.__('What it costs can’t be told now: %1', cost.failed)
            : model.account
              ? trans.__('Asking the chain what it costs…')
              : trans.__('Log in to see what it costs.')}
      </p>
      <p className="jp-web3-field-hint">
        {trans.__(
          'Should somebody else publish at the same moment, it asks for two more free signatures.'
        )}
      </p>
    </section>
  );
}

export function Summary(props: IProps): React.JSX.Element {
  const { trans } = props;
  return (
    <aside className="jp-web3-publishSummary">
      <What {...props} />
      <GuardSection {...props} />
      <Sealing {...props} />
      <Stored {...props} />
      <Wallet {...props} />
      <Prompts {...props} />
      <p className="jp-web3-undone">
        {props.model.seals
          ? trans.__(
              'Publishing can’t be undone: name and description stay public, and the asset can only be withdrawn from sale.'
            )
          : trans.__(
              'Publishing can’t be undone: the content stays public, the asset can only be withdrawn from sale.'
            )}
      </p>
    </aside>
  );
}
