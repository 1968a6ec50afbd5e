/** Sharing revenue: who gets how much, and what contracts of before still hold. */
import * as React from 'react';

import { formatAmount, type ITokenInfo } from '../ocean/pricing';
import type { ISale } from '../ocean/sale';
import { checkShares, type ISplitter } from '../ocean/splitter';
import { Address } from '../ui/address';
import { useDraft } from './manageDrafts';
import {
  ADDRESS,
  press,
  Prompts,
  TaskStatus,
  TextField,
  type ISectionProps
} from './manageParts';
import { addressOf, receiverProblem } from './manageReceiver';

const tokensOf = (sales: readonly ISale[]): ITokenInfo[] => [
  ...new Map(
    sales
      .flatMap(({ exchanges }) => exchanges.map(({ token }) => token))
      .map(token => [token.address, token])
  ).values()
];

/** What waits in a splitter, in words; empty where nothing does. */
export function waitingIn(
  holds: Readonly<Record<string, bigint>>,
  ...sales: readonly ISale[]
): string {
  return tokensOf(sales)
    .filter(({ address }) => (holds[address] ?? 0n) > 0n)
    .map(
      ({ address, decimals, symbol }) =>
        `${formatAmount(holds[address], decimals)} ${symbol}`
    )
    .join(', ');
}

/** Who is paid by a splitter, and a button to have that done. */
function Payees(
  props: ISectionProps & {
    splitter: ISplitter;
    holds: Readonly<Record<string, bigint>>;
    tokens: readonly ITokenInfo[];
  }
): React.JSX.Element {
  const { model, state, trans, splitter, holds, tokens } = props;
  return (
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
      {tokens.map(token => {
        const waiting = holds[token.address] ?? 0n;
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
  );
}

/** Contracts that were paid before; what is left in them is nobody else's. */
export function FormerSplitters(
  props: ISectionProps
): React.JSX.Element | null {
  const { state, trans } = props;
  const { formerSplitters, sales } = state;
  return (
    <>
      {formerSplitters.length > 0 && (
        <div role="group" aria-label={trans.__('Shared before')}>
          <h3>{trans.__('Shared before')}</h3>
          <p className="jp-web3-asset-quiet">
            {trans.__(
              'Orders are no longer paid to these contracts, but money is left in them. Anybody may have it paid out to those who are named.'
            )}
          </p>
          {formerSplitters.map(({ splitter, holds }) => (
            <div key={splitter.address}>
              <Address address={splitter.address} trans={trans} />
              <Payees
                {...props}
                splitter={splitter}
                holds={holds}
                tokens={tokensOf(sales).filter(({ address }) => holds[address])}
              />
            </div>
          ))}
          <Prompts transactions={1} trans={trans} />
        </div>
      )}
      {!state.rights?.sale && <TaskStatus {...props} tasks={['release']} />}
    </>
  );
}

interface IShareRow {
  account: string;
  shares: string;
}

/** What is wrong with rows that are right one by one. */
function sharesProblem(
  shares: readonly IShareRow[],
  trans: ISectionProps['trans']
): string | null {
  try {
    checkShares(shares);
    return null;
  } catch {
    // Said below, or by the row that is wrong.
    const typed = shares.map(({ account }) => addressOf(account));
    return typed.every(one => one !== null) &&
      new Set(typed).size < typed.length
      ? trans.__('An account is named twice.')
      : '';
  }
}

/** Sharing what buyers pay between accounts. */
export function Split(
  props: ISectionProps & { sale: ISale }
): React.JSX.Element {
  const { model, state, trans, sale, handlers } = props;
  const { splitter, splitterHolds } = state;
  const [{ shares }, setForm, clear] = useDraft<{ shares: IShareRow[] }>(
    model.drafts,
    `split ${sale.datatoken}`,
    {
      shares: [
        { account: model.shownAccount, shares: '1' },
        { account: '', shares: '1' }
      ]
    }
  );
  const set = (at: number, patch: Partial<IShareRow>): void =>
    setForm({
      shares: shares.map((one, i) => (i === at ? { ...one, ...patch } : one))
    });
  const problem = sharesProblem(shares, trans);
  const start = async (): Promise<void> => {
    const isSure = await handlers.confirm(
      trans.__('Share the revenue of this asset?'),
      trans.__(
        'A contract is made that collects what buyers pay from now on, and pays it out by these shares whenever somebody asks it to. You own the contract. Whoever may change who is paid can end it. The shares: %1.',
        shares
          .map(({ account, shares: part }) => `${account.trim()}: ${part}`)
          .join(', ')
      ),
      trans.__('Set it up')
    );
    if (isSure) {
      await model.split(sale.datatoken, shares);
      clear();
    }
  };
  return (
    <div role="group" aria-label={trans.__('Share the revenue')}>
      <h3>{trans.__('Share the revenue')}</h3>
      {splitter && (
        <Payees
          {...props}
          splitter={splitter}
          holds={splitterHolds}
          tokens={tokensOf([sale])}
        />
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
            problem={receiverProblem(share.account, props)}
            onChange={account => set(at, { account })}
          />
          <TextField
            label={trans.__('Shares of account %1', at + 1)}
            value={share.shares}
            problem={
              /^[1-9][0-9]{0,8}$/.test(share.shares.trim())
                ? null
                : trans.__('Shares are a whole number from 1.')
            }
            onChange={value => set(at, { shares: value })}
          />
          {shares.length > 2 && (
            <button
              type="button"
              className="jp-mod-styled"
              aria-label={trans.__('Remove account %1', at + 1)}
              onClick={() =>
                setForm({ shares: shares.filter((_, i) => i !== at) })
              }
            >
              {trans.__('Remove')}
            </button>
          )}
        </div>
      ))}
      {problem && (
        <p role="alert" className="jp-web3-asset-problem">
          {problem}
        </p>
      )}
      <button
        type="button"
        className="jp-mod-styled"
        onClick={() =>
          setForm({ shares: [...shares, { account: '', shares: '1' }] })
        }
      >
        {trans.__('Add an account')}
      </button>{' '}
      <button
        type="button"
        className="jp-mod-styled jp-mod-accept"
        disabled={problem !== null || state.busy !== null}
        onClick={() => press(start)}
      >
        {trans.__('Share from now on')}
      </button>
      <Prompts transactions={2} trans={trans} />
    </div>
  );
}
