/** Who is paid, what is held, and how revenue is shared. */
import * as React from 'react';

import { STANDARD } from '../ocean/dues';
import { formatAmount } from '../ocean/pricing';
import { DATATOKEN_DECIMALS, type ISale } from '../ocean/sale';
import { checkShares } from '../ocean/splitter';
import { checkedAddress } from '../ocean/states';
import { Address } from '../ui/address';
import {
  ADDRESS,
  press,
  Prompts,
  TextField,
  type ISectionProps
} from './manageParts';

/** Whether what is typed so far is right. */
export const holds = (check: () => unknown): boolean => {
  try {
    check();
    return true;
  } catch {
    // What is typed so far is not right yet: the button waits.
    return false;
  }
};

/** To whom orders are paid. */
export function Collector(
  props: ISectionProps & { sale: ISale }
): React.JSX.Element {
  const { model, state, trans, sale } = props;
  const [to, setTo] = React.useState('');
  const isOwner = sale.collector === state.nft?.owner;
  return (
    <div role="group" aria-label={trans.__('Who is paid')}>
      <h3>{trans.__('Who is paid')}</h3>
      <p>
        {isOwner
          ? trans.__('Orders are paid to the owner:')
          : state.splitter
            ? trans.__('Orders are paid to a contract that shares them:')
            : trans.__('Orders are paid to:')}{' '}
        <Address address={sale.collector} trans={trans} />
      </p>
      <form
        className="jp-web3-manage-row"
        onSubmit={event => {
          event.preventDefault();
          press(() => model.setCollector(sale.datatoken, to));
        }}
      >
        <TextField
          label={trans.__('Pay orders to another account')}
          value={to}
          placeholder={ADDRESS}
          onChange={setTo}
        />
        <button
          type="submit"
          className="jp-mod-styled"
          disabled={!holds(() => checkedAddress(to)) || state.busy !== null}
        >
          {trans.__('Change who is paid')}
        </button>
      </form>
      {!isOwner && (
        <button
          type="button"
          className="jp-mod-styled"
          disabled={state.busy !== null}
          onClick={() => press(() => model.setCollector(sale.datatoken, null))}
        >
          {trans.__('Pay the owner again')}
        </button>
      )}
      <Prompts transactions={1} trans={trans} />
    </div>
  );
}

/** What exchanges hold until it is paid out. */
export function Held(
  props: ISectionProps & { sale: ISale }
): React.JSX.Element | null {
  const { model, state, trans, sale } = props;
  const account = model.account.toLowerCase();
  return (
    <div role="group" aria-label={trans.__('Held by the exchange')}>
      <h3>{trans.__('Held by the exchange')}</h3>
      {sale.exchanges.map(exchange => {
        const { token, held, heldDatatokens, marketFee } = exchange;
        const amount = formatAmount(held, token.decimals);
        const rights = formatAmount(heldDatatokens, DATATOKEN_DECIMALS);
        return (
          <div key={exchange.id}>
            {held === 0n ? (
              <p className="jp-web3-asset-quiet">
                {sale.template === STANDARD
                  ? trans.__(
                      'Nothing is held now. Payments in %1 gather here until they are paid out.',
                      token.symbol
                    )
                  : trans.__(
                      'Nothing is held: payments in %1 go straight to who is paid.',
                      token.symbol
                    )}
              </p>
            ) : (
              <>
                <p>
                  {trans.__(
                    '%1 %2 wait to be paid out to',
                    amount,
                    token.symbol
                  )}{' '}
                  <Address
                    address={sale.collector}
                    trans={trans}
                    copy={false}
                  />
                </p>
                <button
                  type="button"
                  className="jp-mod-styled"
                  disabled={state.busy !== null}
                  onClick={() => press(() => model.collect(exchange))}
                >
                  {trans.__('Pay out %1 %2', amount, token.symbol)}
                </button>
                <Prompts transactions={1} trans={trans} />
              </>
            )}
            {heldDatatokens > 0n && (
              <>
                <p>
                  {trans.__(
                    'Datatokens that wait there to be sold: %1. They can be handed out to',
                    rights
                  )}{' '}
                  <Address
                    address={sale.collector}
                    trans={trans}
                    copy={false}
                  />
                </p>
                <button
                  type="button"
                  className="jp-mod-styled"
                  disabled={state.busy !== null}
                  onClick={() => press(() => model.collectDatatokens(exchange))}
                >
                  {trans.__('Hand out datatokens: %1', rights)}
                </button>
                <Prompts transactions={1} trans={trans} />
              </>
            )}
            {marketFee > 0n &&
              exchange.marketFeeCollector.toLowerCase() === account && (
                <button
                  type="button"
                  className="jp-mod-styled"
                  disabled={state.busy !== null}
                  onClick={() => press(() => model.collectFee(exchange))}
                >
                  {trans.__(
                    'Pay out the market’s fee of %1 %2',
                    formatAmount(marketFee, token.decimals),
                    token.symbol
                  )}
                </button>
              )}
          </div>
        );
      })}
    </div>
  );
}

/** Sharing what buyers pay between accounts. */
export function Split(
  props: ISectionProps & { sale: ISale }
): React.JSX.Element {
  const { model, state, trans, sale, handlers } = props;
  const { splitter, splitterHolds } = state;
  const [shares, setShares] = React.useState([
    { account: model.account, shares: '1' },
    { account: '', shares: '1' }
  ]);
  const set = (at: number, patch: Partial<(typeof shares)[0]>): void =>
    setShares(shares.map((one, i) => (i === at ? { ...one, ...patch } : one)));
  const start = async (): Promise<void> => {
    const isSure = await handlers.confirm(
      trans.__('Share the revenue of this asset?'),
      trans.__(
        'A contract is made that collects what buyers pay from now on, and pays it out by these shares whenever somebody asks it to. You own the contract. Whoever may change who is paid can end it.'
      ),
      trans.__('Set it up')
    );
    if (isSure) {
      await model.split(sale.datatoken, shares);
    }
  };
  return (
    <div role="group" aria-label={trans.__('Share the revenue')}>
      <h3>{trans.__('Share the revenue')}</h3>
      {splitter && (
        <>
          <ul>
            {splitter.payees.map(payee => (
              <li key={payee.account}>
                <Address address={payee.account} trans={trans} />{' '}
                {trans.__(
                  '%1 of %2 shares',
                  String(payee.shares),
                  String(splitter.total)
                )}
              </li>
            ))}
          </ul>
          {sale.exchanges.map(({ token }) => {
            const waiting = splitterHolds[token.address] ?? 0n;
            const amount = formatAmount(waiting, token.decimals);
            return (
              <button
                key={token.address}
                type="button"
                className="jp-mod-styled"
                disabled={waiting === 0n || state.busy !== null}
                onClick={() =>
                  press(() => model.release(splitter.address, token.address))
                }
              >
                {trans.__('Pay out %1 %2 to all', amount, token.symbol)}
              </button>
            );
          })}
        </>
      )}
      <p className="jp-web3-asset-quiet">
        {trans.__(
          'Ocean’s Splitter contract: it gathers what is paid, and hands it out by shares. It keeps the smallest unit of the token back.'
        )}
      </p>
      {shares.map((share, at) => (
        <div className="jp-web3-manage-row" key={at}>
          <TextField
            label={trans.__('Account %1', at + 1)}
            value={share.account}
            placeholder={ADDRESS}
            onChange={account => set(at, { account })}
          />
          <TextField
            label={trans.__('Shares of account %1', at + 1)}
            value={share.shares}
            onChange={value => set(at, { shares: value })}
          />
        </div>
      ))}
      <button
        type="button"
        className="jp-mod-styled"
        onClick={() => setShares([...shares, { account: '', shares: '1' }])}
      >
        {trans.__('Add an account')}
      </button>{' '}
      <button
        type="button"
        className="jp-mod-styled jp-mod-accept"
        disabled={!holds(() => checkShares(shares)) || state.busy !== null}
        onClick={() => press(start)}
      >
        {trans.__('Share from now on')}
      </button>
      <Prompts transactions={2} trans={trans} />
    </div>
  );
}
