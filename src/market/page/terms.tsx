/** What it costs, what that buys, and under which licence. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IWallet } from '../../tokens';
import { exactAmount } from '../../ui/amount';
import { bytesText } from '../measures';
import type { AssetModel, IAssetState } from '../model';
import { sumText } from '../payment';
import type { ITokenInfo } from '../ports';
import { durationWords, endOf } from './durations';
import { urlOf } from './hosts';
import { findLicense, licenseName, type ILicense } from './licenses';
import { Facts, Foreign, Section, When } from './pieces';

interface IProps {
  model: AssetModel;
  state: IAssetState;
  wallet: IWallet;
  trans: TranslationBundle;
}

function priceWords(props: IProps): string {
  const { state, model, trans } = props;
  const { price, holdings } = state;
  if (!price) {
    return model.mayDownload && state.asset?.active
      ? trans.__('Free')
      : trans.__('Not for sale at present');
  }
  // Who paid before pays less now; the price is what it is.
  const paid = state.order !== null || holdings.held || holdings.reuse !== null;
  const own = price.token
    ? `${exactAmount(price.total, price.token.decimals)} ${price.token.symbol}`
    : '';
  if (paid) {
    return own || trans.__('Free');
  }
  // As beside the button, to the last unit.
  const sum = sumText(model);
  if (state.nodeFee) {
    return sum ? trans.__('%1 with all fees', sum) : trans.__('Free');
  }
  if (model.mayDownload) {
    return trans.__('Free');
  }
  return sum
    ? trans.__('%1, plus the Ocean Node’s fee, told before you pay', sum)
    : trans.__('Free, but for the Ocean Node’s fee, told before you pay');
}

/** Fees apart, where there are any. */
function feeRows(props: IProps): [string, string][] {
  const { state, trans } = props;
  const { price, nodeFee, nodeFeeToken } = state;
  if (!price) {
    return [];
  }
  const own = price.token;
  const amount = (units: bigint, { symbol, decimals }: ITokenInfo): string =>
    `${exactAmount(units, decimals)} ${symbol}`;
  const rows: [string, bigint][] = [
    [trans.__('for the seller'), price.base],
    [trans.__('fee of the publishing market'), price.fees.publisher],
    [trans.__('fee of the consuming market'), price.fees.market],
    [trans.__('fee of Ocean Protocol'), price.fees.ocean]
  ];
  const told = own
    ? rows
        .filter(([, units]) => units > 0n)
        .map(([name, units]): [string, string] => [name, amount(units, own)])
    : [];
  if (nodeFee && BigInt(nodeFee.providerFeeAmount) > 0n) {
    const units = BigInt(nodeFee.providerFeeAmount);
    const token = nodeFeeToken ?? own;
    told.push([
      trans.__('fee of the Ocean Node'),
      // Its token could not be read: as the contract counts it.
      token ? amount(units, token) : `${units} × ${nodeFee.providerFeeToken}`
    ]);
  }
  if (price.orderFee) {
    told.push([
      trans.__('fee of the publishing market for each order'),
      amount(price.orderFee.amount, price.orderFee.token)
    ]);
  }
  // The price alone is said already; a fee of something free is not.
  return told.length > 1 || !own ? told : [];
}

function accessWords(
  props: IProps
): { text: string; until: Date | null } | null {
  const { state, trans } = props;
  const { asset, order } = state;
  const service = asset?.service;
  if (!service) {
    return null;
  }
  const { timeout } = service;
  if (timeout === 0) {
    return {
      text: trans.__(
        'Access does not expire, as long as the asset is active and its Ocean Node answers. Keep a copy.'
      ),
      until: null
    };
  }
  const span = durationWords(timeout, trans);
  if (order && order.timestamp === 0) {
    // Bought in this moment: the chain's time of it comes with the next look.
    return {
      text: trans.__('Access lasts %1 from the purchase.', span),
      until: null
    };
  }
  return {
    text: order
      ? trans.__('Access lasts %1 from the purchase; yours ends', span)
      : trans.__(
          'Access lasts %1 from the purchase; bought now, it ends',
          span
        ),
    until: endOf(order ? order.timestamp * 1000 : Date.now(), timeout)
  };
}

function filesWords(props: IProps): string {
  const { state, trans } = props;
  const files = state.asset?.web3?.files;
  if (!files?.length) {
    return trans.__('The publisher does not say how many files there are.');
  }
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  const size = state.asset?.web3?.sealed
    ? trans.__('up to %1', bytesText(bytes))
    : bytesText(bytes);
  return trans._n('%1 file, %2', '%1 files, %2', files.length, size);
}

export function Terms(props: IProps): React.JSX.Element {
  const { state, trans } = props;
  const access = accessWords(props);
  const fees = feeRows(props);
  return (
    <Section title={trans.__('Price and what it buys')} trans={trans}>
      <Facts
        rows={[
          [
            trans.__('Price'),
            <React.Fragment key="price">
              {priceWords(props)}
              {fees.length > 0 && (
                <ul className="jp-web3-page-plain">
                  {fees.map(([name, amount]) => (
                    <li key={name}>
                      {amount} {name}
                    </li>
                  ))}
                </ul>
              )}
            </React.Fragment>
          ],
          ...(access
            ? [
                [
                  trans.__('Access'),
                  <React.Fragment key="access">
                    {access.text}
                    {access.until && (
                      <>
                        {' '}
                        <time dateTime={access.until.toISOString()}>
                          {access.until.toLocaleString()}
                        </time>
                        .
                      </>
                    )}
                  </React.Fragment>
                ] as const
              ]
            : []),
          [trans.__('Files'), filesWords(props)],
          [
            trans.__('Licence'),
            <Licence
              key="licence"
              text={state.asset?.license ?? ''}
              trans={trans}
            />
          ],
          ...(state.order && state.order.timestamp > 0
            ? [
                [
                  trans.__('Bought'),
                  <When
                    key="bought"
                    at={new Date(state.order.timestamp * 1000)}
                  />
                ] as const
              ]
            : [])
        ]}
      />
    </Section>
  );
}

/** A licence by its SPDX identifier, or as the publisher put it. */
export function Licence(props: {
  text: string;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { text, trans } = props;
  const [known, setKnown] = React.useState<ILicense | null>(null);
  React.useEffect(() => {
    let current = true;
    setKnown(null);
    findLicense().then(
      find => {
        if (current) {
          setKnown(find(text));
        }
      },
      (reason: unknown) =>
        // The text says the same.
        console.warn('The list of licences could not be loaded', reason)
    );
    return () => {
      current = false;
    };
  }, [text]);
  if (!text) {
    return (
      <>{trans.__('None named: ask the seller what you may do with it.')}</>
    );
  }
  if (known) {
    return (
      <>
        <a href={known.url} target="_blank" rel="noopener noreferrer">
          {licenseName(known.id) ?? known.id}
        </a>{' '}
        {licenseName(known.id) && <code>{known.id}</code>}
      </>
    );
  }
  const url = /^https:\/\/\S+$/i.test(text.trim()) ? urlOf(text) : null;
  return url ? (
    <a href={url.href} target="_blank" rel="noopener noreferrer nofollow">
      {trans.__('Terms of the publisher at %1', url.host.slice(0, 100))}
    </a>
  ) : (
    <Foreign text={text} most={500} />
  );
}
