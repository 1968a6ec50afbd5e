/** The price of an asset, and whether it is sold or given away. */
import * as React from 'react';

import { formatAmount, type ITokenInfo } from '../ocean/pricing';
import {
  mayGiveAway,
  RATE_DECIMALS,
  rateOf,
  type IExchange,
  type ISale
} from '../ocean/sale';
import { useDraft } from './manageDrafts';
import { Collector, Held } from './managePayment';
import {
  press,
  Prompts,
  Section,
  TaskStatus,
  TextField,
  type ISectionProps
} from './manageParts';
import { FormerSplitters, Split } from './manageSplit';

/** The price that is typed; null where it is none. */
const typedRate = (amount: string, token: ITokenInfo): bigint | null => {
  try {
    return rateOf(amount, token);
  } catch {
    // Said below the field.
    return null;
  }
};

function Exchange(
  props: ISectionProps & { sale: ISale; exchange: IExchange }
): React.JSX.Element {
  const { model, state, trans, exchange, sale } = props;
  const { token, active } = exchange;
  const now = formatAmount(exchange.rate, RATE_DECIMALS);
  const [{ amount }, set] = useDraft(model.drafts, `price ${exchange.id}`, {
    amount: now
  });
  const rate = typedRate(amount, token);
  const isFree = sale.dispenser?.active ?? false;
  return (
    <div role="group" aria-label={trans.__('Price in %1', token.symbol)}>
      <p>
        {active
          ? trans.__('On sale for %1 %2.', now, token.symbol)
          : trans.__(
              'Off. The price is %1 %2 once it is on again.',
              now,
              token.symbol
            )}
      </p>
      <form
        className="jp-web3-manage-row"
        onSubmit={event => {
          event.preventDefault();
          press(async () => {
            await model.setPrice(exchange, amount);
            model.drafts.clear(`price ${exchange.id}`);
          });
        }}
      >
        <TextField
          label={trans.__('Price (%1)', token.symbol)}
          value={amount}
          problem={
            rate === null
              ? trans.__(
                  'The price is a number above 0 like 3.5, with a point and at most %1 decimals.',
                  token.decimals
                )
              : null
          }
          onChange={value => set({ amount: value })}
        />
        <button
          type="submit"
          className="jp-mod-styled jp-mod-accept"
          disabled={
            rate === null || rate === exchange.rate || state.busy !== null
          }
        >
          {trans.__('Change price')}
        </button>
      </form>
      {/* While it is free, “Sell it for its price again” ends that first. */}
      {(active || !isFree) && (
        <button
          type="button"
          className="jp-mod-styled"
          disabled={state.busy !== null}
          onClick={() => press(() => model.setExchange(exchange, !active))}
        >
          {active ? trans.__('Stop selling') : trans.__('Sell again')}
        </button>
      )}
      <p className="jp-web3-asset-quiet">
        {trans.__(
          'While selling is stopped nobody can buy; who bought before goes on downloading.'
        )}
      </p>
      <Prompts transactions={1} trans={trans} />
    </div>
  );
}

function FreeSwitch(
  props: ISectionProps & { sale: ISale }
): React.JSX.Element | null {
  const { model, state, trans, sale } = props;
  const isFree = sale.dispenser?.active ?? false;
  const isSealed = Boolean(state.asset?.web3?.sealed);
  if (!sale.exchanges.length) {
    return (
      <>
        <p>
          {isFree
            ? trans.__('Free: everybody gets it for gas alone.')
            : trans.__('Nobody can get it now.')}
        </p>
        <button
          type="button"
          className="jp-mod-styled"
          disabled={state.busy !== null}
          onClick={() => press(() => model.setFree(sale, !isFree))}
        >
          {isFree ? trans.__('Stop giving it away') : trans.__('Give it away')}
        </button>
        <Prompts transactions={1} trans={trans} />
        <p className="jp-web3-asset-quiet">
          {isSealed
            ? trans.__(
                'It has no price to go back to. To sell it, publish it as an asset with a price.'
              )
            : trans.__(
                'It can’t get a price: its content is public, whoever has its CID reads it. To sell something, publish new content with a price; then it is sealed.'
              )}
        </p>
      </>
    );
  }
  if (!isFree && !mayGiveAway(sale)) {
    return (
      <p className="jp-web3-asset-quiet">
        {trans.__(
          'It can’t be given away for a while: its datatokens are of a kind (template 1) that everybody could take for free and sell back to the exchange, for the money of later buyers.'
        )}
      </p>
    );
  }
  return (
    <>
      <button
        type="button"
        className="jp-mod-styled"
        disabled={state.busy !== null}
        onClick={() => press(() => model.setFree(sale, !isFree))}
      >
        {isFree
          ? trans.__('Sell it for its price again')
          : trans.__('Give it away for free')}
      </button>
      <p className="jp-web3-asset-quiet">
        {trans.__(
          'Your wallet will ask for up to two transactions (cost gas): what sells is switched off first. The content stays sealed; a free order opens it.'
        )}
      </p>
    </>
  );
}

export function SaleSection(props: ISectionProps): React.JSX.Element {
  const { state, trans } = props;
  return (
    <Section title={trans.__('Price and payment')}>
      {state.sales.map(sale => (
        <React.Fragment key={sale.datatoken}>
          {sale.exchanges.map(exchange => (
            <Exchange
              {...props}
              key={exchange.id}
              sale={sale}
              exchange={exchange}
            />
          ))}
          <FreeSwitch {...props} sale={sale} />
          <TaskStatus {...props} tasks={['price', 'exchange', 'free']} />
          <Collector {...props} sale={sale} />
          <TaskStatus {...props} tasks={['collector']} />
          {sale.exchanges.length > 0 && <Held {...props} sale={sale} />}
          <TaskStatus
            {...props}
            tasks={['collect', 'collect-datatokens', 'collect-fee']}
          />
          {sale.exchanges.length > 0 && <Split {...props} sale={sale} />}
          <TaskStatus {...props} tasks={['split', 'release']} />
        </React.Fragment>
      ))}
      <FormerSplitters {...props} />
    </Section>
  );
}
