/** What the tests of buying share: two accounts, money, what was asked. */
import type { Locator, Page } from '@playwright/test';

import { expect, run, stack } from './fixtures';
import { ready } from './lab.mjs';
import { saveText } from './publishing';

export const SIGN = 'personal_sign';
export const SEND = 'eth_sendTransaction';

export const account = (at: number): string => stack().accounts[at].address;

export const sidebar = (page: Page): Locator =>
  page.getByRole('region', { name: 'Ocean Market' });

/** The page of an asset. */
export const assetPage = (page: Page, name: string): Locator =>
  page.getByRole('article', { name, exact: true });

export async function become(page: Page, at: number): Promise<void> {
  await page.evaluate(
    who => window.scriptedWallet.switchAccount(who),
    account(at)
  );
}

/** What the wallet was asked since it was asked last. */
export async function prompts(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    window.scriptedWallet.prompts.splice(0).map(({ method }) => method)
  );
}

/** Load again, with the scripted wallet, and log in. */
export async function logIn(page: Page, at: number): Promise<void> {
  await page.reload();
  await ready(page);
  await run(page, 'wallet:connect', { wallet: 'test.scripted.wallet' });
  await become(page, at);
}

/** The first token of the local chain to pay with. */
export function payment(
  page: Page
): Promise<{ address: string; symbol: string; decimals: number }> {
  return page.evaluate(
    async () =>
      (await (await fetch('/web3/config')).json()).chain.paymentTokens[0]
  );
}

export async function publishRows(
  page: Page,
  path: string,
  name: string,
  price: object,
  more: object = {}
): Promise<string> {
  await saveText(page, path, `a,b\n1,${name}\n2,two\n`);
  const { did } = await run<{ did: string }>(page, 'ocean:publish', {
    path,
    silent: true,
    draft: {
      name,
      description: 'Rows that a browser test sells.',
      license: 'CC0-1.0',
      type: 'dataset',
      price,
      ...more
    }
  });
  return did;
}

export async function rpc<T>(
  method: string,
  params: unknown[] = []
): Promise<T> {
  const response = await fetch(stack().chain, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  });
  const { result, error } = (await response.json()) as {
    result: T;
    error?: { message: string };
  };
  if (error) {
    throw new Error(`${method}: ${error.message}`);
  }
  return result;
}

/** Send a transaction of an unlocked account, and wait for it: did it succeed? */
export async function send(tx: unknown): Promise<boolean> {
  const hash = await rpc<string>('eth_sendTransaction', [tx]);
  const receipt = (): Promise<{ status: string } | null> =>
    rpc('eth_getTransactionReceipt', [hash]);
  await expect.poll(receipt).not.toBeNull();
  return (await receipt())?.status === '0x1';
}

/** Seconds since 1970 by the chain's clock. */
export async function now(): Promise<number> {
  const block = await rpc<{ timestamp: string }>('eth_getBlockByNumber', [
    'latest',
    false
  ]);
  return Number(block.timestamp);
}

/** The chain's clock, put past a moment (seconds since 1970). */
export async function passUntil(moment: number): Promise<void> {
  await rpc('evm_increaseTime', [Math.max(1, moment + 1 - (await now()))]);
  await rpc('evm_mine');
  expect(await now()).toBeGreaterThan(moment);
}

/** Base units of an ERC-20 token. */
export async function balanceOf(token: string, who: string): Promise<bigint> {
  // `balanceOf(address)`
  const data = `0x70a08231${who.slice(2).toLowerCase().padStart(64, '0')}`;
  return BigInt(await rpc<string>('eth_call', [{ to: token, data }, 'latest']));
}

/** How many orders of any contract on the chain have the account as consumer. */
export async function ordersOf(who: string): Promise<number> {
  const topic = `0x${who.slice(2).toLowerCase().padStart(64, '0')}`;
  const logs = await rpc<unknown[]>('eth_getLogs', [
    {
      fromBlock: '0x0',
      topics: [ORDER_STARTED, topic]
    }
  ]);
  return logs.length;
}

/** `OrderStarted(address,address,uint256,uint256,uint256,address,uint256)` */
const ORDER_STARTED =
  '0xe1c4fa794edfa8f619b8257a077398950357b9c6398528f94480307352f9afcc';
