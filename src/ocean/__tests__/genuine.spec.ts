/** What belongs together on the chain, on a chain of paper. */
import { AbiCoder, id } from 'ethers';

import type { INetwork } from '../../tokens';
import type { Reader } from '../chain';
import { resolveAsset } from '../catalogue';
import { didOf } from '../ddo';
import { assertGenuine, nftOf } from '../genuine';
import type { OceanNodeClient } from '../nodeClient';

const at = (digit: string): string => `0x${digit.repeat(40)}`;
const [FACTORY, NFT, TOKEN, OWNER, OTHER] = ['1', '2', '3', '4', '5'].map(at);
const CHAIN = 8996;
const network = {
  chainId: CHAIN,
  rpc: 'http://chain',
  contracts: {
    ERC721Factory: FACTORY,
    FixedPrice: at('6'),
    Dispenser: at('7'),
    Router: at('8'),
    Ocean: at('9')
  }
} as unknown as INetwork;

interface IChain {
  /** NFTs that the factory made. */
  made: string[];
  /** The NFT that each datatoken names. */
  nftOf: Record<string, string>;
  /** Datatokens that the NFT knows. */
  deployed: string[];
}

const TRUE_CHAIN: IChain = {
  made: [NFT],
  nftOf: { [TOKEN]: NFT },
  deployed: [TOKEN]
};

function readerOf(chain: IChain): Reader {
  const word = (type: string, value: unknown): string =>
    AbiCoder.defaultAbiCoder().encode([type], [value]);
  return {
    request: async ({ params }) => {
      const [{ to, data }] = params as [{ to: string; data: string }];
      const argument = `0x${data.slice(-40)}`;
      switch (data.slice(0, 10)) {
        case id('erc721List(address)').slice(0, 10):
          return word(
            'address',
            chain.made.includes(argument) ? argument : at('0')
          );
        case id('getERC721Address()').slice(0, 10):
          return chain.nftOf[to] ? word('address', chain.nftOf[to]) : '0x';
        case id('isDeployed(address)').slice(0, 10):
          return word('bool', chain.deployed.includes(argument));
        case id('ownerOf(uint256)').slice(0, 10):
          return word('address', OWNER);
        default:
          return '0x';
      }
    }
  };
}

async function asset(datatokenAddress = TOKEN, nftAddress = NFT) {
  const service = { datatokenAddress } as never;
  const did = await didOf(nftAddress, CHAIN);
  return { did, chainId: CHAIN, nftAddress, service };
}

test('what belongs together is genuine, and the NFT tells its owner', async () => {
  const told = await assertGenuine(
    readerOf(TRUE_CHAIN),
    network,
    await asset()
  );
  expect(told.owner.toLowerCase()).toBe(OWNER);
  // A credential of version 5 has the same hash under another method.
  const { did, ...rest } = await asset();
  await assertGenuine(readerOf(TRUE_CHAIN), network, {
    ...rest,
    did: did.replace('did:op:', 'did:ope:')
  });
});

test.each<[string, Partial<IChain>, 'did' | 'nft' | 'datatoken']>([
  ['a datatoken of another NFT', { nftOf: { [TOKEN]: OTHER } }, 'datatoken'],
  ['a datatoken that the NFT does not know', { deployed: [] }, 'datatoken'],
  ['no contract at all', { nftOf: {} }, 'datatoken'],
  ['an NFT that the factory did not make', { made: [] }, 'datatoken']
])('%s is not genuine', async (_, chain, what) => {
  await expect(
    assertGenuine(readerOf({ ...TRUE_CHAIN, ...chain }), network, await asset())
  ).rejects.toMatchObject({ code: 'not-genuine', details: { what } });
});

test('another DID, another chain, or an NFT of nobody are not genuine', async () => {
  const reader = readerOf(TRUE_CHAIN);
  const genuine = await asset();
  const code = { code: 'not-genuine' };
  for (const odd of [
    { ...genuine, did: `did:op:${'a1'.repeat(32)}` },
    { ...genuine, chainId: 1 },
    { ...(await asset(TOKEN, OTHER)), service: null }
  ]) {
    await expect(assertGenuine(reader, network, odd)).rejects.toMatchObject(
      code
    );
  }
});

test('a chain that does not answer says nothing of it', async () => {
  const reader: Reader = {
    request: async () => {
      throw new Error('fetch failed');
    }
  };
  await expect(
    assertGenuine(reader, network, await asset())
  ).rejects.toMatchObject({ code: 'chain-unreachable' });
  await expect(nftOf(reader, FACTORY, TOKEN)).rejects.toMatchObject({
    code: 'chain-unreachable'
  });
});

test('a record that a node hands out for the DID of another NFT is refused', async () => {
  const did = await didOf(NFT, CHAIN);
  const node = (nftAddress: string): OceanNodeClient =>
    ({
      url: 'http://node',
      ddo: async () => ({ id: did, nftAddress, chainId: CHAIN })
    }) as unknown as OceanNodeClient;
  expect((await resolveAsset(node(NFT), did)).nftAddress).toBe(NFT);
  await expect(resolveAsset(node(OTHER), did)).rejects.toMatchObject({
    code: 'not-genuine'
  });
});
