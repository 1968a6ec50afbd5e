/** What is still allowed to a contract, and the button that takes it back. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Address } from '../ui/address';
import type { IWallet } from '../tokens';
import { exactAmount } from '../ui/amount';
import { confirmMainnet } from '../ui/confirmMainnet';
import type { AssetModel } from './model';
import type { IAllowanceLeft } from './ports';
import { problemWords } from './words';
import '../../style/market-buy.css';

/** Base units that nobody has: wallets and sites allow them to mean "any". */
const ANY = 2n ** 128n;

interface IProps {
  model: AssetModel;
  wallet: Pick<IWallet, 'network'>;
  trans: TranslationBundle;
}

function leftWords(left: IAllowanceLeft, trans: TranslationBundle): string {
  const { amount, token, of } = left;
  const sum =
    amount >= ANY
      ? trans.__('Any amount of %1', token.symbol)
      : `${exactAmount(amount, token.decimals)} ${token.symbol}`;
  return of === 'asset'
    ? trans.__('%1 is still allowed to the contract of this asset.', sum)
    : trans.__(
        '%1 is still allowed to the exchange contract of this network.',
        sum
      );
}

function useWords(left: IAllowanceLeft, trans: TranslationBundle): string {
  return left.of === 'asset'
    ? trans.__('It saves a request if you buy this asset again.')
    : trans.__('It saves a request when you buy what is sold there.');
}

/** Nothing where nothing is left; the model tells of each change of it. */
export function AllowanceNote(props: IProps): React.JSX.Element {
  const { model, wallet, trans } = props;
  const takeBack = async (): Promise<void> => {
    const { asset } = model.state;
    const network = asset && wallet.network(asset.chainId);
    if (
      !network ||
      (await confirmMainnet(
        network,
        { kind: 'take-back', name: asset.name },
        trans
      ))
    ) {
      await model.takeBack();
    }
  };
  const { left, step, taken, problem } = model.left.state;
  return (
    <>
      <div role="status" className="jp-web3-asset-quiet">
        {step === 'wallet'
          ? trans.__(
              'Waiting for your wallet: request %1 of %2 (%3)',
              1,
              1,
              trans.__('take the allowance back')
            )
          : step === 'mining'
            ? trans.__('Waiting for the network to confirm…')
            : taken
              ? trans.__('Taken back: nothing is allowed any more.')
              : ''}
      </div>
      {left && (
        <div
          className="jp-web3-allowance-left"
          role="group"
          aria-label={trans.__('Allowance that is left')}
        >
          <p>
            {leftWords(left, trans)}{' '}
            <Address address={left.spender} trans={trans} />
          </p>
          <p className="jp-web3-asset-quiet">
            {useWords(left, trans)}{' '}
            {trans.__(
              'To take it back, your wallet will ask once; it costs only the network’s fee.'
            )}
          </p>
          <button
            type="button"
            className="jp-mod-styled"
            disabled={step !== 'rest'}
            onClick={() => void takeBack()}
          >
            {trans.__('Take back')}
          </button>
        </div>
      )}
      {problem !== null && (
        <p role="alert" className="jp-web3-asset-problem">
          {problemWords(problem, trans)}
        </p>
      )}
    </>
  );
}
