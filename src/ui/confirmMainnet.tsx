/**
 * The second question before something on a chain whose money is real: plain,
 * short, and with the button that goes on not being the one that Enter presses.
 */
import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { INetwork } from '../tokens';
import { Address } from './address';
import '../../style/guard.css';

/** What is about to be done on the chain. */
export interface IMainnetAct {
  kind: 'publish' | 'buy' | 'change' | 'take-back';
  /** Name of the asset; foreign text. */
  name: string;
  /** What leaves the account besides gas, as a text with its unit: `5 USDC`. */
  amount?: string;
  /** Address of the account that is paid. */
  seller?: string;
  /** What gas costs, about, as a text with its unit: `0.0004 ETH`. */
  gas?: string;
}

/** Whether a network's money is real, as far as is known: neither local nor for tests. */
export function isMainnet(
  network: Pick<INetwork, 'testnet' | 'local'>
): boolean {
  return !network.testnet && !network.local;
}

function question(
  act: IMainnetAct,
  network: INetwork,
  trans: TranslationBundle
): { title: string; undone: string; yes: string; no: string } {
  switch (act.kind) {
    case 'publish':
      return {
        title: trans.__('Publish on %1?', network.name),
        undone: trans.__(
          'It can’t be undone: what is written on this chain stays there, and the asset can only be withdrawn from sale.'
        ),
        yes: trans.__('Publish with real money'),
        no: trans.__('Don’t publish')
      };
    case 'buy':
      return {
        title: trans.__('Pay on %1?', network.name),
        undone: trans.__(
          'It can’t be undone: nobody can take a payment on this chain back.'
        ),
        yes: trans.__('Pay with real money'),
        no: trans.__('Don’t pay')
      };
    case 'change':
      return {
        title: trans.__('Change it on %1?', network.name),
        undone: trans.__(
          'It can’t be undone: what is written on this chain stays there, and gas is spent even if you change it back.'
        ),
        yes: trans.__('Change with real money'),
        no: trans.__('Don’t change')
      };
    case 'take-back':
      return {
        title: trans.__('Take the allowance back on %1?', network.name),
        undone: trans.__(
          'The network’s fee is spent either way. To buy there again, it has to be allowed again.'
        ),
        yes: trans.__('Take it back with real money'),
        no: trans.__('Leave it')
      };
  }
}

/**
 * Ask once more before something irrevocable with real money.
 *
 * @returns true when the person agreed; at once, without a question, on test
 *   networks and the local chain
 */
export async function confirmMainnet(
  network: INetwork,
  act: IMainnetAct,
  trans: TranslationBundle
): Promise<boolean> {
  if (!isMainnet(network)) {
    return true;
  }
  const { title, undone, yes, no } = question(act, network, trans);
  const { symbol } = network.currency;
  const dialog = new Dialog({
    title,
    body: ReactWidget.create(
      <div className="jp-web3-confirmMainnet">
        <p>
          <strong>
            <bdi>{act.name}</bdi>
          </strong>
        </p>
        {act.seller && (
          <p>
            {trans.__('Seller')} <Address address={act.seller} trans={trans} />
          </p>
        )}
        <p>
          {trans.__(
            '%1 is no test network: its money is real. Fees are paid in %2.',
            network.name,
            symbol
          )}
        </p>
        {(act.amount || act.gas) && (
          <p>
            {act.amount && act.gas
              ? trans.__(
                  'This takes %1 and about %2 for the network from your account.',
                  act.amount,
                  act.gas
                )
              : act.amount
                ? trans.__(
                    'This takes %1 from your account, and the network’s fee.',
                    act.amount
                  )
                : trans.__(
                    'This takes about %1 for the network from your account.',
                    act.gas!
                  )}
          </p>
        )}
        <p>{undone}</p>
      </div>
    ),
    buttons: [
      Dialog.cancelButton({ label: no }),
      Dialog.warnButton({ label: yes })
    ],
    // Enter must not pay by itself.
    defaultButton: 0
  });
  // Lab names a dialog only where its body is plain text.
  dialog.node.setAttribute('aria-label', title);
  return (await dialog.launch()).button.accept;
}
