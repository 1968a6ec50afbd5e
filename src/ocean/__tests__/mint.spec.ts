/** @jest-environment node */
import type { Reader } from '../chain';
import { buildMetadataTx } from '../mint';

const ACCOUNT = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';

/** What the transaction may spend, by what the chain estimates. */
async function limit(estimate: number): Promise<number> {
  const reader = {
    request: async ({ method }: { method: string }) =>
      method === 'eth_estimateGas'
        ? `0x${estimate.toString(16)}`
        : `0x${'1'.padStart(64, '0').repeat(4)}`
  } as unknown as Reader;
  const { gas } = await buildMetadataTx({
    reader,
    owner: ACCOUNT,
    nftAddress: ACCOUNT,
    nodeUrl: 'http://node.test',
    encryptedDdo: `0x${'ab'.repeat(2500)}`,
    hash: `0x${'0'.repeat(64)}`
  });
  return Number(gas);
}

test('metadata may spend a fifth more than estimated', async () => {
  expect(await limit(300_000)).toBe(360_000);
});

test('what an endpoint estimates that does not have the contract yet is too little', async () => {
  // A call of an address without code, with that much data.
  const nothing = 21_000 + 16 * 2500;
  expect(await limit(nothing)).toBe(90_000 + 24 * 2500);
});
