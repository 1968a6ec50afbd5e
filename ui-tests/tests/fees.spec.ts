/**
 * Assets as other tools sell them: datatokens of template 1, fees in other
 * tokens than the price, and an order that the fee of the node has run out of.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { Locator, Page } from '@playwright/test';
import { Contract, ContractFactory, JsonRpcProvider, Wallet } from 'ethers';

import {
  commitment,
  keyUrl,
  newSealKey,
  sealStream
} from '../../src/ocean/seal';
import { parseUnits } from '../../src/ui/amount';
import { addScriptedWallet, expect, run, stack, test } from '../fixtures';
import { ipfs } from '../kubo';
import {
  account,
  assetPage,
  balanceOf,
  become,
  logIn,
  now,
  ordersOf,
  passUntil,
  payment,
  prompts,
  publishRows,
  SEND,
  SIGN
} from '../trading';

test.use({ actionTimeout: 15_000 });
test.setTimeout(240_000);

const SELLER = 0;
const BUYER = 5;
const TEXT = 'a,b\n1,template one\n';

test.beforeEach(async ({ context }) => {
  await addScriptedWallet(context);
});

/** Published with `@oceanprotocol/lib`; its DID. */
async function publishWithLib(options: object): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(__dirname, '..', 'foreignAsset.mjs'),
    JSON.stringify({ ...stack(), options })
  ]);
  return stdout;
}

/** Sealed as this suite seals, for an asset that another tool mints. */
async function sealed(path: string): Promise<object> {
  const bytes = Buffer.from(TEXT);
  const key = newSealKey();
  const parts: Uint8Array[] = [];
  for await (const part of sealStream(new Blob([bytes]).stream(), {
    key,
    index: 0
  })) {
    parts.push(part.slice());
  }
  writeFileSync(path, Buffer.concat(parts));
  const hash = ipfs('add', '--quieter', '--cid-version=1', path).trim();
  // CIDv1, raw, sha2-256: what one small file is.
  const cid = Buffer.concat([
    Buffer.from([1, 0x55, 0x12, 0x20]),
    createHash('sha256').update(bytes).digest()
  ]);
  return {
    files: [
      { type: 'ipfs', hash },
      { type: 'url', method: 'get', url: keyUrl(key, hash) }
    ],
    metadata: {
      additionalInformation: {
        web3: {
          v: 1,
          sealed: 'web3-seal/1',
          source: null,
          files: [
            {
              path: 'one.csv',
              size: 1024,
              mediaType: 'text/csv',
              profile: 'unixfs-v1-2025',
              commitment: await commitment(cid, key)
            }
          ]
        }
      }
    }
  };
}

/** A token that nobody has set, of which the buyer has some. */
async function newToken(symbol: string): Promise<string> {
  const { abi, bytecode } = createRequire(
    join(__dirname, '..', '..', 'devnet', 'package.json')
  )(
    '@oceanprotocol/contracts/artifacts/contracts/utils/mock/MockERC20Decimals.sol/MockERC20Decimals.json'
  ) as { abi: string[]; bytecode: string };
  const provider = new JsonRpcProvider(stack().chain, undefined, {
    staticNetwork: true,
    cacheTimeout: -1,
    pollingInterval: 50
  });
  try {
    const owner = new Wallet(stack().accounts[6].privateKey, provider);
    const made = await new ContractFactory(abi, bytecode, owner).deploy(
      symbol,
      symbol,
      3
    );
    await made.waitForDeployment();
    const address = await made.getAddress();
    const token = new Contract(address, abi, owner);
    await (await token.transfer(account(BUYER), 1_000_000n)).wait();
    return address;
  } finally {
    provider.destroy();
  }
}

/** What the node of the stack takes of each order from now on. */
const feeFile = (): string =>
  join(stack().workspace, '..', 'ocean-node', 'fee.json');
test.afterEach(() => rmSync(feeFile(), { force: true }));

async function open(page: Page, did: string, name: string): Promise<Locator> {
  await run(page, 'market:asset', { did });
  return assetPage(page, name);
}

/** A row of the payment, open. */
async function parts(asset: Locator): Promise<(name: string) => Locator> {
  await asset.getByText(/^You pay .* in all, and about/).click();
  const table = asset.getByRole('table', { name: 'What you pay' });
  return name => table.getByRole('row', { name }).getByRole('cell');
}

test('template 1: three requests, the sum shown is paid, what comes is checked', async ({
  page,
  tmpPath
}) => {
  await logIn(page, BUYER);
  const token = await payment(page);
  const did = await publishWithLib({
    name: 'Sold by template one',
    price: '1.25',
    token: { templateIndex: 1 },
    ...(await sealed(join(stack().workspace, tmpPath, 'one.sealed')))
  });
  const asset = await open(page, did, 'Sold by template one');
  await expect(asset).toContainText('Your wallet will ask 3 times.');
  const part = await parts(asset);
  await expect(part('Price, to the seller')).toHaveText(`1.25 ${token.symbol}`);
  await expect(part('Ocean Node')).toHaveText('none');
  const buy = asset.getByRole('button', { name: /^Buy for / });
  const shown = (await buy.textContent())!.match(/^Buy for ([\d.]+) /)![1];
  const before = await balanceOf(token.address, account(BUYER));
  await prompts(page);
  await buy.click();
  await expect(asset).toContainText('Bought with this account.');
  expect(await prompts(page)).toEqual([SEND, SEND, SEND]);
  const paid = before - (await balanceOf(token.address, account(BUYER)));
  expect(paid).toBe(parseUnits(shown, token.decimals));

  await asset.getByRole('button', { name: 'Download', exact: true }).click();
  await expect(asset.getByRole('group', { name: 'Downloaded' })).toContainText(
    'Checked: it is exactly what the publisher promised.'
  );
  expect(await prompts(page)).toEqual([SIGN]);
});

test('fees in other tokens: each is shown, and is what is paid', async ({
  page
}) => {
  await logIn(page, BUYER);
  const tokens = await page.evaluate(
    async () =>
      (await (await fetch('/web3/config')).json()).chain.paymentTokens as {
        address: string;
        symbol: string;
      }[]
  );
  const [price, fee] = tokens;
  const third = await newToken('FEE');
  const all = [price.address, fee.address, third];
  const balances = (): Promise<bigint[]> =>
    Promise.all(all.map(one => balanceOf(one, account(BUYER))));
  writeFileSync(feeFile(), JSON.stringify({ token: third, amount: '1234' }));
  // An approval for each token, then with template 1 two steps, else one.
  for (const [template, asked] of [
    [1, 5],
    [2, 4]
  ]) {
    const name = `Fees of template ${template}`;
    const did = await publishWithLib({
      name,
      price: '2',
      files: [{ type: 'ipfs', hash: ipfs('add', '-Q', __filename).trim() }],
      token: {
        templateIndex: template,
        mpFeeAddress: account(SELLER),
        feeToken: fee.address,
        feeAmount: '0.75'
      }
    });
    const asset = await open(page, did, name);
    await expect(asset).toContainText(`Your wallet will ask ${asked} times.`);
    const part = await parts(asset);
    await expect(part('Fee on each order')).toHaveText(`0.75 ${fee.symbol}`);
    await expect(part('Ocean Node')).toHaveText('1.234 FEE');
    const buy = asset.getByRole('button', {
      name: new RegExp(
        `^Buy for 2[.\\d]* ${price.symbol} \\+ 0\\.75 ${fee.symbol} \\+ 1\\.234 FEE$`
      )
    });
    const shown = (await buy.textContent())!.match(/^Buy for ([\d.]+) /)![1];
    const before = await balances();
    await prompts(page);
    await buy.click();
    await expect(asset).toContainText('Bought with this account.');
    expect(await prompts(page)).toEqual(Array<string>(asked).fill(SEND));
    const after = await balances();
    expect(before.map((had, at) => had - after[at])).toEqual([
      parseUnits(shown, 18),
      750_000n,
      1234n
    ]);
  }
});

test('an order that only the node’s fee has run out of is renewed: one request, the price is not paid again', async ({
  page,
  tmpPath
}) => {
  await logIn(page, SELLER);
  const token = await payment(page);
  const did = await publishRows(page, `${tmpPath}/r.csv`, 'Rows to renew', {
    kind: 'fixed',
    amount: '2',
    token: token.address
  });
  await become(page, BUYER);
  // What some tools ask of a node: a fee that ends before the order does.
  const until = (await now()) + 30;
  await page.route('**/services/initialize?*', route =>
    route.continue({ url: `${route.request().url()}&validUntil=${until}` })
  );
  await run(page, 'market:buy', { did });
  await page.unroute('**/services/initialize?*');
  await passUntil(until);
  const orders = await ordersOf(account(BUYER));
  const before = await balanceOf(token.address, account(BUYER));
  await prompts(page);

  const asset = await open(page, did, 'Rows to renew');
  const renew = asset.getByRole('button', { name: 'Renew access' });
  await expect(renew).toBeEnabled();
  await expect(asset).toContainText(
    'You paid for this before. Only the Ocean Node’s permission has ended: it is renewed, the price is not paid again.'
  );
  await expect(asset).toContainText('Your wallet will ask once.');
  await renew.click();
  await expect(asset).toContainText('Bought with this account.');
  expect(await prompts(page)).toEqual([SEND]);
  expect(await balanceOf(token.address, account(BUYER))).toBe(before);
  expect(await ordersOf(account(BUYER))).toBe(orders);

  // The node takes it for paid.
  await asset.getByRole('button', { name: 'Download', exact: true }).click();
  await expect(asset.getByRole('group', { name: 'Downloaded' })).toContainText(
    'Checked'
  );
});
