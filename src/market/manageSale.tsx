/** The price of an asset, and whether it is sold or given away. */
import * as React from 'react';

import { formatAmount } from '../ocean/pricing';
import {
  RATE_DECIMALS,
  rateOf,
  type IExchange,
  type ISale
} from '../ocean/sale';
import { Collector, Held, holds, Split } from './managePayment';
import {
  press,
  Prompts,
  Section,
  TaskStatus,
  TextField,
  type ISectionProps
} from './manageParts';

function Exchange(
  props: ISectionProps & { sale: ISale; exchange: IExchange }
): React.JSX.Element {
  const { model, state, trans, exchange } = props;
  const { token, active } = exchange;
  const now = formatAmount(exchange.rate, RATE_DECIMALS);
  const [amount, setAmount] = React.useState(now);
  React.useEffect(() => setAmount(now), [now]);
  const isNew =
    holds(() => rateOf(amount, token)) &&
    rateOf(amount, token) !== exchange.rate;
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
          press(() => model.setPrice(exchange, amount));
        }}
      >
        <TextField
          label={trans.__('Price (%1)', token.symbol)}
          value={amount}
          onChange={setAmount}
        />
        <button
          type="submit"
          className="jp-mod-styled jp-mod-accept"
          disabled={!isNew || state.busy !== null}
        >
          {trans.__('Change price')}
        </button>
      </form>
      <button
        type="button"
        className="jp-mod-styled"
        disabled={state.busy !== null}
        onClick={() => press(() => model.setExchange(exchange, !active))}
      >
        {active ? trans.__('Stop selling') : trans.__('Sell again')}
      </button>
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
    </Section>
  );
}
