import type { INetwork } from '../../tokens';
import { pageNonces } from '../../ocean/nodeClient';
import { createOceanPort } from '../oceanPort';

const NODE = 'http://node.test';
const ACCOUNT = '0x70997970c51812dc3a010c7d01b50e0d17dc79c8';
const KEY = `${NODE} 0x70997970C51812dc3A010C7d01b50e0d17dc79C8`;

afterEach(() => pageNonces.clear());

/** A port over a node whose last nonce is 4; which nonces it was asked and shown. */
function port(): {
  encrypt: () => Promise<unknown>;
  willSign: () => void;
  asked: () => number;
  used: string[];
  accept: (nonce: number) => void;
} {
  let last = 4;
  let asked = 0;
  const used: string[] = [];
  const ocean = createOceanPort({
    wallet: {
      network: () => null,
      networks: [{ chainId: 8996, oceanNode: NODE } as INetwork]
    },
    nodeFetch: () => async path => {
      const { pathname, searchParams } = new URL(path, NODE);
      if (pathname.endsWith('/nonce')) {
        asked += 1;
        return new Response(JSON.stringify({ nonce: String(last) }));
      }
      used.push(searchParams.get('nonce') ?? '');
      return new Response('0x00');
    }
  });
  return {
    encrypt: () =>
      ocean.encryptFiles({
        node: NODE,
        account: ACCOUNT,
        chainId: 8996,
        nft: ACCOUNT,
        datatoken: ACCOUNT,
        files: [],
        sign: async () => '0x'
      }),
    willSign: () => ocean.willSign(NODE, ACCOUNT),
    asked: () => asked,
    used,
    accept: nonce => (last = nonce)
  };
}

test('the nonce asked for ahead is used, once', async () => {
  const { encrypt, willSign, asked, used } = port();
  willSign();
  expect(asked()).toBe(1);
  await encrypt();
  expect([asked(), used]).toEqual([1, ['5']]);
  await encrypt();
  expect(asked()).toBe(2);
});

test('it is not where another room of the page has signed meanwhile', async () => {
  const { encrypt, willSign, asked, used, accept } = port();
  willSign();
  accept(7);
  pageNonces.set(KEY, 6);
  await encrypt();
  expect([asked(), used]).toEqual([2, ['8']]);
});
