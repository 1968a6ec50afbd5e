/** What a purchase takes, in one sum that opens into its parts. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IWallet } from '../tokens';
import { Address } from '../ui/address';
import { displayAmount, exactAmount } from '../ui/amount';
import { knownAddresses } from '../ui/knownAddresses';
import { useChanges } from '../ui/useChanges';
import type { AssetModel, IAssetState } from './model';
import type { ITokenInfo } from './ports';
import '../../style/market-buy.css';

export interface IPaymentProps {
  model: AssetModel;
  state: IAssetState;
  wallet: IWallet;
  trans: TranslationBundle;
}

/** The tokens that price and fees are in, as far as they are known. */
function tokensOf(state: IAssetState): ITokenInfo[] {
  const { price, nodeFeeToken } = state;
  return [price?.token, price?.orderFee?.token, nodeFeeToken].filter(
    (token): token is ITokenInfo => Boolean(token)
  );
}

/** An amount to its last unit, e.g. `2.5 USDC`. */
function money(amount: bigint, token: ITokenInfo): string {
  return `${exactAmount(amount, token.decimals)} ${token.symbol}`;
}

/** All that leaves the account but gas, e.g. `2.5 USDC + 1 OCEAN`; '' = nothing. */
export function sumText(model: AssetModel): string {
  const tokens = tokensOf(model.state);
  return [...(model.sums ?? [])]
    .map(([address, amount]) => {
      const token = tokens.find(
        one => one.address.toLowerCase() === address.toLowerCase()
      );
      return token ? money(amount, token) : `${amount} × ${address}`;
    })
    .join(' + ');
}

/** What gas costs, about, e.g. `0.0004 ETH`; null where it is not known. */
export function gasText(
  props: Pick<IPaymentProps, 'state' | 'wallet'>
): string | null {
  const { gas, asset } = props.state;
  const network = asset && props.wallet.network(asset.chainId);
  return gas !== null && network
    ? `${displayAmount(gas, network.currency.decimals, { places: 6 })} ${network.currency.symbol}`
    : null;
}

/** Name and amount of each part of the sum. */
function parts(props: IPaymentProps): [string, string][] {
  const { state, trans } = props;
  const { price, nodeFee, nodeFeeToken, holdings } = state;
  if (!price) {
    return [];
  }
  const rows: [string, string][] = [];
  const none = trans.__('none');
  const fee = (amount: bigint, token: ITokenInfo): string =>
    amount > 0n ? money(amount, token) : none;
  if (holdings.reuse) {
    rows.push([trans.__('Price'), trans.__('paid before')]);
  } else if (holdings.held) {
    rows.push([
      trans.__('Price'),
      trans.__('paid before: your account holds the datatoken')
    ]);
  } else if (price.token) {
    const { token, fees } = price;
    rows.push(
      [trans.__('Price, to the seller'), money(price.base, token)],
      [trans.__('Market that published it'), fee(fees.publisher, token)],
      [trans.__('Ocean community'), fee(fees.ocean, token)],
      [trans.__('This market'), fee(fees.market, token)]
    );
  }
  if (price.orderFee && !holdings.reuse) {
    rows.push([
      trans.__('Fee on each order'),
      money(price.orderFee.amount, price.orderFee.token)
    ]);
  }
  const nodeToken = nodeFeeToken ?? price.token;
  rows.push([
    trans.__('Ocean Node'),
    nodeFee === null
      ? trans.__('told before you pay')
      : BigInt(nodeFee.providerFeeAmount) > 0n && nodeToken
        ? money(BigInt(nodeFee.providerFeeAmount), nodeToken)
        : none
  ]);
  rows.push([
    trans.__('Network (gas), about'),
    gasText(props) ?? trans.__('shown by your wallet')
  ]);
  return rows;
}

/** How much may be taken: exactly what is due, or more that is kept. */
function Allowance(props: IPaymentProps): React.JSX.Element | null {
  const { model, state, trans } = props;
  const id = React.useId();
  const { price, approvals, holdings } = state;
  const token = price?.token;
  if (!token || !approvals || holdings.held || holdings.reuse) {
    return null;
  }
  const kept = model.allowance !== null;
  const due = money(model.cost ?? 0n, token);
  return (
    <details className="jp-web3-payment-allowance">
      <summary>
        {trans.__(
          'Allowance: %1',
          kept ? `${model.allowance} ${token.symbol}` : due
        )}
      </summary>
      <fieldset>
        <legend>{trans.__('Your wallet is asked to allow')}</legend>
        <label>
          <input
            type="radio"
            name={id}
            checked={!kept}
            onChange={() => model.setAllowance(null)}
          />
          {trans.__('exactly %1, for this purchase', due)}
        </label>
        <label>
          <input
            type="radio"
            name={id}
            checked={kept}
            onChange={() => model.setAllowance('100')}
          />
          {trans.__('more, and keep the rest')}
        </label>
        {kept && (
          <label className="jp-web3-payment-kept">
            <span>{trans.__('Allow up to (%1)', token.symbol)}</span>
            <input
              className="jp-mod-styled"
              inputMode="decimal"
              value={model.allowance ?? ''}
              aria-invalid={model.keep === null}
              aria-describedby={`${id}-hint`}
              onChange={event => model.setAllowance(event.target.value)}
            />
          </label>
        )}
        <p id={`${id}-hint`} className="jp-web3-asset-quiet">
          {kept && model.keep === null
            ? trans.__(
                'A number of %1 that is not less than the purchase takes.',
                token.symbol
              )
            : price.template === 1
              ? trans.__(
                  'What is kept is allowed to the exchange contract of the network: it saves this request at your next purchases of assets that are sold there.'
                )
              : trans.__(
                  'What is kept is allowed to the contract of this one asset: it saves this request when you buy it again, for its access may end. Other assets ask anew.'
                )}{' '}
          {kept &&
            price.template !== 1 &&
            trans.__(
              'The publisher can raise the fee on each order up to what is kept: what you are shown is checked right before you pay, but a rise in that very moment would be paid from it.'
            )}
        </p>
      </fieldset>
    </details>
  );
}

/** Tokens that go by a name of the settings and are not what that names. */
function Impostors({ state, trans }: IPaymentProps): React.JSX.Element {
  const tokens = new Map(
    tokensOf(state).map(token => [token.address.toLowerCase(), token])
  );
  return (
    <>
      {[...tokens.values()].map(
        ({ address, imitates }) =>
          imitates !== undefined && (
            <p
              key={address}
              role="alert"
              className="jp-web3-asset-problem jp-mod-refused"
            >
              {trans.__(
                'Careful: the token it is paid in calls itself like %1, and is not the %1 of your settings. It may be worth nothing, or something else.',
                imitates
              )}{' '}
              <Address address={address} trans={trans} />
            </p>
          )
      )}
    </>
  );
}

/** Who is paid, where that looks like somebody else: beside the button that pays. */
function LookAlikeSeller({
  state,
  trans
}: IPaymentProps): React.JSX.Element | null {
  useChanges(knownAddresses.changed);
  const owner = state.asset?.owner;
  return owner && knownAddresses.similarTo(owner) ? (
    <p role="alert" className="jp-web3-asset-problem jp-mod-refused">
      {trans.__(
        'You would pay an address that may be made to be taken for another one.'
      )}{' '}
      <Address address={owner} trans={trans} />
    </p>
  ) : null;
}

/** Price, fees and gas as one sum; nothing where nothing is to be paid. */
export function Payment(props: IPaymentProps): React.JSX.Element | null {
  const { state, model, trans } = props;
  const { price, asset, prompts } = state;
  if (!price || !asset) {
    return null;
  }
  const sum = sumText(model);
  const gas = gasText(props);
  if (model.mayDownload) {
    return (
      <p className="jp-web3-asset-quiet">
        {trans.__('Free. No transaction, no fee.')}
      </p>
    );
  }
  return (
    <div className="jp-web3-payment">
      <LookAlikeSeller {...props} />
      <Impostors {...props} />
      {state.holdings.reuse !== null && (
        <p>
          {trans.__(
            'You paid for this before. Only the Ocean Node’s permission has ended: it is renewed, the price is not paid again.'
          )}
        </p>
      )}
      <details>
        <summary>
          {sum && gas
            ? trans.__(
                'You pay %1 in all, and about %2 for the network.',
                sum,
                gas
              )
            : sum
              ? trans.__('You pay %1 in all, and the network’s fee.', sum)
              : gas
                ? trans.__('Free; only about %1 for the network.', gas)
                : trans.__('Free; only the network’s fee.')}
        </summary>
        <table aria-label={trans.__('What you pay')}>
          <tbody>
            {parts(props).map(([name, amount]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{amount}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
      {prompts !== null && (
        <p className="jp-web3-asset-quiet">
          {trans._n(
            'Your wallet will ask once.',
            'Your wallet will ask %1 times.',
            prompts
          )}
        </p>
      )}
      <Allowance {...props} />
    </div>
  );
}
