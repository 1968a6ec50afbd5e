/** What the account bought, wherever it was bought. */
import { UseSignal } from '@jupyterlab/apputils';
import { refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { CommandIDs } from '../commands';
import { oneLine } from '../ocean/foreignText';
import { Address } from '../ui/address';
import { NetworkNotes } from './networkNotes';
import type { IPurchased } from './purchasesModel';
import type { ISidebarOptions } from './sidebar';
import { dateText } from './validity';
import { problemWords } from './words';
import '../../style/market-buy.css';

function stateText(item: IPurchased, props: ISidebarOptions): string {
  const { trans } = props;
  const { until } = item;
  if (until !== undefined && until !== null && until * 1000 <= Date.now()) {
    return trans.__('Ended on %1', dateText(until));
  }
  if (item.active === false) {
    return trans.__('The publisher took it off the market');
  }
  if (until === null) {
    return trans.__('Valid; does not expire');
  }
  return until === undefined
    ? trans.__('Open it to see whether it is still valid')
    : trans.__('Valid until %1', dateText(until));
}

/** Whether it can't be had any more, as far as is known. */
const hasEnded = ({ until, active }: IPurchased): boolean =>
  active === false ||
  (until !== undefined && until !== null && until * 1000 <= Date.now());

function Purchase(
  props: ISidebarOptions & { item: IPurchased }
): React.JSX.Element {
  const { item, trans, open, room, wallet } = props;
  const name =
    oneLine(item.name) || trans.__('Asset %1…', item.did.slice(7, 15));
  const network = wallet.network(item.chainId)?.name ?? String(item.chainId);
  const call = (command: string): void => {
    room.run(command, item.did);
  };
  return (
    <li className="jp-web3-purchase">
      <button
        type="button"
        className="jp-web3-market-item"
        title={item.did}
        onClick={() => open(item.did)}
      >
        {name}
      </button>
      <p>
        {item.time === null
          ? network
          : item.giver
            ? trans.__('%1 · given to you %2', network, dateText(item.time))
            : trans.__('%1 · bought %2', network, dateText(item.time))}
        {item.orders > 1 &&
          ` · ${trans._n('%1 time', '%1 times', item.orders)}`}
      </p>
      {item.giver && (
        <p>
          {trans.__('Given to you by')}{' '}
          <Address address={item.giver} trans={trans} />
        </p>
      )}
      <p>{stateText(item, props)}</p>
      {!hasEnded(item) && (
        <div className="jp-web3-purchase-actions">
          <button
            type="button"
            className="jp-mod-styled"
            aria-label={trans.__('Download %1', name)}
            onClick={() => call(CommandIDs.marketDownload)}
          >
            {trans.__('Download')}
          </button>
          <button
            type="button"
            className="jp-mod-styled"
            aria-label={trans.__('Insert code for %1', name)}
            onClick={() => call(CommandIDs.marketInsertCode)}
          >
            {trans.__('Insert code')}
          </button>
        </div>
      )}
    </li>
  );
}

function Searches(props: ISidebarOptions): React.JSX.Element {
  const { trans, room } = props;
  const { purchases } = room;
  return (
    <>
      <div role="status">
        {purchases.searches
          .filter(({ state }) => state === 'looking' || state === 'waiting')
          .map(({ chainId, name, share }) => (
            <div key={chainId}>
              <label>
                {trans.__('Looking through %1…', name)}
                <progress
                  max={1}
                  value={share > 0 ? share : undefined}
                  aria-label={trans.__('Looking through %1…', name)}
                />
              </label>
            </div>
          ))}
      </div>
      {purchases.busy && (
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => purchases.stop()}
        >
          {trans.__('Stop')}
        </button>
      )}
      {purchases.searches
        .filter(({ state }) => state === 'stopped')
        .map(({ chainId, name, share }) => (
          <p key={chainId} className="jp-web3-asset-quiet">
            {trans.__(
              'Stopped at %1 % of %2: older or newer purchases may be missing.',
              Math.floor(share * 100),
              name
            )}
          </p>
        ))}
      <NetworkNotes
        problems={purchases.searches
          .filter(({ state }) => state === 'failed')
          .map(({ name, problem, used }) => ({
            network: name,
            text: problemWords(problem, trans),
            matters: used
          }))}
        others={purchases.others.map(({ name }) => name)}
        busy={purchases.busy}
        retry={() => void purchases.again()}
        everywhere={() => void purchases.refresh(true)}
        trans={trans}
      />
    </>
  );
}

function List(props: ISidebarOptions): React.JSX.Element {
  const { trans, room, wallet } = props;
  const { purchases } = room;
  const { account } = wallet.state;
  const { items, searches } = purchases;
  // Else nobody can say that there is nothing.
  const isWhole = searches.every(
    ({ used, state }) => !used || state === 'done'
  );
  return (
    <section className="jp-web3-purchases" aria-label={trans.__('Purchases')}>
      <div className="jp-web3-purchases-bar">
        <h2>{trans.__('Purchases')}</h2>
        {account && (
          <button
            type="button"
            className="jp-web3-iconButton"
            title={trans.__('Look again')}
            aria-label={trans.__('Look again')}
            disabled={purchases.busy}
            onClick={() => void purchases.refresh()}
          >
            <refreshIcon.react tag="span" elementSize="normal" />
          </button>
        )}
      </div>
      {!account ? (
        <p className="jp-web3-asset-quiet">
          {trans.__('Log in with your wallet to see what you bought.')}
        </p>
      ) : (
        <>
          {items.length > 0 && (
            <ul aria-label={trans.__('Bought assets')}>
              {items.map(item => (
                <Purchase
                  key={`${item.chainId}:${item.did}`}
                  {...props}
                  item={item}
                />
              ))}
            </ul>
          )}
          {items.length === 0 && !purchases.busy && isWhole && (
            <p className="jp-web3-asset-quiet">
              {trans.__('Nothing yet with this account.')}
            </p>
          )}
          <Searches {...props} />
        </>
      )}
    </section>
  );
}

export function PurchasesTab(props: ISidebarOptions): React.JSX.Element {
  const { purchases } = props.room;
  React.useEffect(() => {
    purchases.watch();
    return () => purchases.rest();
  }, [purchases]);
  return (
    <UseSignal signal={purchases.changed}>
      {() => <List {...props} />}
    </UseSignal>
  );
}
