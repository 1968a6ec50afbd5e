import { getAddress } from 'ethers/address';

import { addChainParameter, mergeNetworks, parseChainId } from '../networks';
import { PRESETS } from '../presets';
import { LOCAL_CHAIN } from './mockWallet';

describe('presets', () => {
  it('know each chain once, with checksum addresses', () => {
    const ids = PRESETS.map(({ chainId }) => chainId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { paymentTokens } of PRESETS) {
      for (const { address } of paymentTokens) {
        expect(getAddress(address)).toBe(address);
      }
    }
  });

  it("agree with the address list of Ocean's library", async () => {
    const { ConfigHelper } = await import('@oceanprotocol/lib');
    for (const { chainId, paymentTokens } of PRESETS) {
      const config = new ConfigHelper().getConfig(chainId);
      expect(config.nftFactoryAddress).toMatch(/^0x/);
      const ocean = paymentTokens.find(({ symbol }) => /OCEAN$/.test(symbol));
      expect(ocean?.address.toLowerCase()).toBe(
        config.oceanTokenAddress?.toLowerCase()
      );
    }
  });
});

describe('mergeNetworks', () => {
  it('puts the local chain first and test networks last', () => {
    const order = mergeNetworks([], LOCAL_CHAIN).map(n =>
      n.local ? 'local' : n.testnet ? 'test' : 'main'
    );
    expect(order[0]).toBe('local');
    expect(order.lastIndexOf('main')).toBeLessThan(order.indexOf('test'));
  });

  it('changes only what a setting names', () => {
    const [base] = mergeNetworks([
      {
        chainId: 8453,
        rpc: 'https://rpc.example',
        oceanNode: 'https://n.example/'
      }
    ]).filter(n => n.chainId === 8453);
    const preset = PRESETS.find(n => n.chainId === 8453);
    expect(base).toEqual({
      ...preset,
      rpc: 'https://rpc.example',
      oceanNode: 'https://n.example'
    });
  });

  it('adds a chain, and leaves out one that can not be read', () => {
    const merged = mergeNetworks([
      { chainId: 5000, rpc: 'https://rpc.example' },
      { chainId: 5001, name: 'No endpoint' }
    ]);
    expect(merged.find(n => n.chainId === 5000)).toMatchObject({
      name: 'Chain 5000',
      currency: { symbol: 'ETH' },
      explorer: null,
      paymentTokens: []
    });
    expect(merged.find(n => n.chainId === 5001)).toBeUndefined();
  });

  it('lets the server say where its own chain is', () => {
    const merged = mergeNetworks(
      [{ chainId: 8996, rpc: 'http://stale.example' }],
      LOCAL_CHAIN
    );
    expect(merged[0].rpc).toBe(LOCAL_CHAIN.rpc);
  });

  it('can take an explorer away', () => {
    const merged = mergeNetworks([{ chainId: 1, explorer: null }]);
    const mainnet = merged.find(n => n.chainId === 1)!;
    expect(mainnet.explorer).toBeNull();
    expect(addChainParameter(mainnet)).not.toHaveProperty('blockExplorerUrls');
  });
});

it.each([
  ['0x1', 1],
  ['0x2324', 8996],
  ['8996', 8996],
  [10, 10],
  ['0x', null],
  ['1e3', null],
  ['-1', null],
  [0, null],
  [1.5, null],
  [null, null]
])('reads chain id %p as %p', (value, expected) => {
  expect(parseChainId(value)).toBe(expected);
});
