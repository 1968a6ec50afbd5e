/** What the account owns and published, with what it earned. */
import { UseSignal } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { CommandIDs } from '../commands';
import { oneLine } from '../ocean/foreignText';
import { formatAmount } from '../ocean/pricing';
import { RATE_DECIMALS, type ISale } from '../ocean/sale';
import type { ManageRoom } from './manageRoom';
import { manageProblem, stateLabel } from './manageWords';
import type { IMineRow, IMineState } from './mine';
import { NetworkNotes, type INetworkProblem } from './networkNotes';
import type { ISidebarOptions } from './sidebar';
import '../../style/manage.css';

function priceText(sale: ISale | null, trans: TranslationBundle): string {
  const exchange = sale?.exchanges.find(({ active }) => active);
  if (exchange) {
    return `${formatAmount(exchange.rate, RATE_DECIMALS)} ${exchange.token.symbol}`;
  }
  return !sale
    ? ''
    : sale.dispenser?.active
      ? trans.__('Free')
      : trans.__('Not on sale');
}

function rowText(row: IMineRow, trans: TranslationBundle): string[] {
  const { revenue, nft, asset, owned, published } = row;
  return [
    [
      nft.hasMetadata
        ? stateLabel(nft.state, trans)
        : trans.__('Never finished: it has no description'),
      nft.hasMetadata && !asset && nft.state === 0
        ? trans.__('not in the index')
        : '',
      priceText(row.sale, trans)
    ],
    [
      revenue ? trans._n('%1 order', '%1 orders', revenue.sales.length) : '',
      ...(revenue?.totals.map(({ amount, token }) =>
        trans.__(
          'earned %1 %2',
          formatAmount(amount, token.decimals),
          token.symbol
        )
      ) ?? []),
      owned
        ? published
          ? ''
          : trans.__('given to you')
        : trans.__('handed to somebody else')
    ]
  ].map(parts => parts.filter(Boolean).join(' · '));
}

/** One line a network: that nothing of it came says all. */
function problemsOf(
  failed: IMineState['failed'],
  trans: TranslationBundle
): INetworkProblem[] {
  const silent = new Set(
    failed.filter(({ what }) => what === 'all').map(({ network }) => network)
  );
  return failed
    .filter(({ network, what }) => what === 'all' || !silent.has(network))
    .map(({ network, reason, used, what }) => ({
      network,
      text:
        what === 'given'
          ? trans.__(
              'what was given to you can’t be looked for at this endpoint.'
            )
          : manageProblem(reason, trans),
      matters: used && what === 'all'
    }));
}

function Rows(props: {
  desk: ManageRoom;
  options: ISidebarOptions;
}): React.JSX.Element {
  const { desk, options } = props;
  const { trans, wallet } = options;
  const { account, rows, loading, others, failed } = desk.mine.state;
  if (!account) {
    return (
      <p className="jp-web3-asset-quiet">
        {trans.__('Log in with your wallet to see what you published.')}
      </p>
    );
  }
  const problems = problemsOf(failed, trans);
  return (
    <>
      <button
        type="button"
        className="jp-mod-styled"
        disabled={loading}
        onClick={() => void desk.mine.load()}
      >
        {trans.__('Look again')}
      </button>
      <p role="status" className="jp-web3-asset-quiet">
        {loading
          ? trans.__('Reading the chain…')
          : rows.length > 0
            ? trans._n('%1 asset', '%1 assets', rows.length)
            : problems.some(({ matters }) => matters)
              ? ''
              : trans.__('Nothing yet with this account.')}
      </p>
      <ul className="jp-web3-mine" aria-label={trans.__('Your assets')}>
        {rows.map(row => (
          <li key={row.did}>
            <button
              type="button"
              className="jp-web3-mine-row"
              title={row.did}
              onClick={() => options.room.run(CommandIDs.marketManage, row.did)}
            >
              <bdi>{row.asset?.name || oneLine(row.nft.name) || row.did}</bdi>
              {rowText(row, trans)
                .filter(Boolean)
                .map((line, at) => (
                  <span key={at}>{line}</span>
                ))}
              <span>{wallet.network(row.chainId)?.name}</span>
            </button>
          </li>
        ))}
      </ul>
      <NetworkNotes
        problems={problems}
        others={others}
        busy={loading}
        retry={() => void desk.mine.again()}
        everywhere={() => void desk.mine.load(true)}
        trans={trans}
      />
    </>
  );
}

export function MineTab(props: ISidebarOptions): React.JSX.Element {
  const { room, trans } = props;
  const [desk, setDesk] = React.useState<ManageRoom | null>(null);
  const [problem, setProblem] = React.useState<unknown>(null);
  React.useEffect(() => {
    let current = true;
    room.desk().then(
      opened => {
        if (current) {
          setDesk(opened);
          void opened.mine.load();
        }
      },
      (reason: unknown) => current && setProblem(reason)
    );
    return () => {
      current = false;
    };
  }, [room]);
  if (problem !== null) {
    return (
      <p role="alert" className="jp-web3-asset-problem">
        {manageProblem(problem, trans)}
      </p>
    );
  }
  return desk ? (
    <UseSignal signal={desk.mine.changed}>
      {() => <Rows desk={desk} options={props} />}
    </UseSignal>
  ) : (
    <p role="status">{trans.__('Loading…')}</p>
  );
}
