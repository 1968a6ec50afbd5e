import { galata, test as base } from '@jupyterlab/galata';
import type { BrowserContext, Page } from '@playwright/test';

import { execute, ready } from './lab.mjs';
import { scriptedWallet } from './wallet.mjs';

export { expect } from '@jupyterlab/galata';

/** What the setup tells of the stack that it started. */
export interface IStack {
  lab: string;
  labBase: string;
  token: string;
  ipfsApi: string;
  ipfsSecret: string;
  gateway: string;
  chain: string;
  chainId: number;
  oceanNode: string;
  accounts: { address: string; privateKey: string }[];
  ipfs: string;
  workspace: string;
}

export const stack = (): IStack =>
  JSON.parse(process.env.WEB3_UI_STACK ?? 'null') as IStack;

/** Run a command of the application; see lab.mjs. */
export async function run<T>(
  page: Page,
  id: string,
  args: Record<string, unknown> = {}
): Promise<T> {
  return (await execute(page, id, args)) as T;
}

/** Announce a scripted wallet in every page of a context. */
export async function addScriptedWallet(
  context: BrowserContext,
  options: { name?: string; rdns?: string; icon?: string; uuid?: string } = {}
): Promise<void> {
  const { chain, chainId, accounts } = stack();
  await context.addInitScript(scriptedWallet, {
    rpc: chain,
    chainId: `0x${chainId.toString(16)}`,
    accounts: accounts.map(account => account.address),
    ...options
  });
}

/**
 * Galata's test, with the server's own protection left on: the page logs in
 * with the token as a person does (cookie and XSRF), only the test's own
 * requests carry it as a header.
 */
export const test = base.extend({
  mockSettings: {
    ...galata.DEFAULT_SETTINGS,
    // News and updates would be asked for outside.
    '@jupyterlab/apputils-extension:notification': {
      fetchNews: 'false',
      checkForUpdates: false
    }
  },
  context: async ({ context }, use) => {
    await context.request.get(stack().lab);
    await use(context);
  },
  request: async ({ playwright }, use) => {
    const { labBase, token } = stack();
    const request = await playwright.request.newContext({
      baseURL: labBase,
      extraHTTPHeaders: { Authorization: `token ${token}` }
    });
    await use(request);
    await request.dispose();
  },
  waitForApplication: async ({ baseURL: _baseURL }, use) => {
    await use(async page => {
      await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
      await ready(page);
    });
  }
});
