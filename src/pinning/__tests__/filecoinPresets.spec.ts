/**
 * @jest-environment node
 */
import { calibration, mainnet } from '@filoz/synapse-core/chains';

import { mergeNetworks } from '../../wallet/networks';

it.each([mainnet, calibration])(
  'the wallet knows $name as Filecoin’s library does',
  chain => {
    const known = mergeNetworks().find(({ chainId }) => chainId === chain.id);
    expect(known).toMatchObject({
      testnet: chain.testnet ?? false,
      rpc: chain.rpcUrls.default.http[0],
      currency: {
        symbol: chain.nativeCurrency.symbol,
        decimals: chain.nativeCurrency.decimals
      },
      oceanNode: null
    });
    expect(known?.paymentTokens.map(({ address }) => address)).toEqual([
      chain.contracts.usdfc.address
    ]);
  }
);
