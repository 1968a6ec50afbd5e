/** @jest-environment node */
/** What was bought and what was given is not the same: anybody can order for others. */
import { Signal } from '@lumino/signaling';

import type { IOrderScan } from '../../ocean/orders';
import type { INetwork, IWallet, IWalletState } from '../../tokens';
import { PurchasesModel } from '../purchasesModel';
import { PurchaseRecords } from '../records';
import { ACCOUNT, asset, memoryStore, TOKEN } from './fakes';

it('says who gave what the account did not order itself', async () => {
  const store = memoryStore();
  const order = (at: number, payer?: string): IOrderScan['orders'][number] => ({
    tx: `0x${at}`,
    blockNumber: at,
    timestamp: at,
    serviceIndex: 0,
    datatoken: TOKEN,
    nftAddress: TOKEN,
    did: `did:op:${at}`,
    ...(payer ? { payer } : {})
  });
  const scan: IOrderScan = {
    block: 5,
    blockHash: '0x5',
    // The last as older versions kept it.
    orders: [order(3, ACCOUNT.toLowerCase()), order(2, TOKEN), order(1)],
    impostors: []
  };
  store.setItem(
    `jupyterlab-web3:orders:8996:${ACCOUNT.toLowerCase()}`,
    JSON.stringify(scan)
  );
  const network = {
    chainId: 8996,
    name: 'Local',
    local: true,
    contracts: {
      ERC721Factory: TOKEN,
      FixedPrice: TOKEN,
      Dispenser: TOKEN,
      Router: TOKEN
    }
  } as unknown as INetwork;
  const wallet = {
    state: { account: ACCOUNT, chainId: 8996 } as IWalletState,
    networks: [network],
    reader: () => ({
      request: async () => {
        throw new Error('offline');
      }
    })
  };
  const model = new PurchasesModel({
    wallet: Object.assign(wallet, {
      stateChanged: new Signal<IWallet, IWalletState>(
        wallet as unknown as IWallet
      )
    }) as unknown as IWallet,
    ocean: { known: async () => [asset()] },
    records: new PurchaseRecords(memoryStore()),
    store
  });
  await model.refresh();
  expect(model.items.map(({ orderTx, giver }) => [orderTx, giver])).toEqual([
    ['0x3', undefined],
    ['0x2', TOKEN],
    ['0x1', undefined]
  ]);
  model.dispose();
});
