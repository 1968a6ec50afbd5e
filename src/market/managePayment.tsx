/** Who is paid, what is held, and how revenue is shared. */
import * as React from 'react';

import { STANDARD } from '../ocean/dues';
import { formatAmount } from '../ocean/pricing';
import { DATATOKEN_DECIMALS, type ISale } from '../ocean/sale';
import { Address, shortAddress } from '../ui/address';
import { useDraft } from './manageDrafts';
import {
  ADDRESS,
  press,
  Prompts,
  TextField,
  type ISectionProps
} from './manageParts';
import { addressOf, receiverProblem } from './manageReceiver';
import { waitingIn } from './manageSplit';

/** To whom orders are paid. */
export function Collector(
  props: ISectionProps & { sale: ISale }
): React.JSX.Element {
  const { model, state, trans, sale, handlers } = props;
  const [{ to }, set] = useDraft(model.drafts, `collector ${sale.datatoken}`, {
    to: ''
  });
  const receiver = addressOf(to);
  const isOwner = sale.collector === state.nft?.owner;
  const waiting = waitingIn(state.splitterHolds, sale);
  const change = async (): Promise<void> => {
    if (!receiver) {
      return;
    }
    const isContract = await model.isContract(receiver);
    const isSure = await handlers.confirm(
      trans.__('Pay orders to %1?', shortAddress(receiver)),
      isContract
        ? trans.__(
            'From now on orders are paid to %1. A contract is there: make sure that it can hand out what it is paid, or the money is lost.',
            receiver
          )
        : trans.__(
            'From now on orders are paid to %1. What was paid there can’t be taken back: make sure that this account is the right one.',
            receiver
          ),
      trans.__('Pay this account')
    );
    if (isSure) {
      await model.setCollector(sale.datatoken, receiver);
      set({ to: '' });
    }
  };
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
          press(change);
        }}
      >
        <TextField
          label={trans.__('Pay orders to another account')}
          value={to}
          placeholder={ADDRESS}
          problem={receiverProblem(to, props)}
          onChange={value => set({ to: value })}
        />
        <button
          type="submit"
          className="jp-mod-styled"
          disabled={
            !receiver || receiver === sale.collector || state.busy !== null
          }
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
      {waiting && (
        <p role="note" className="jp-web3-asset-quiet">
          {trans.__(
            '%1 wait in the contract that shares revenue. They stay there, for who is named in it, until they are paid out below.',
            waiting
          )}
        </p>
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
  const account = model.shownAccount.toLowerCase();
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
