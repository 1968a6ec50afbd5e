/** What an owner does to an asset, and what its buyers see and get of it. */
import type { Locator, Page } from '@playwright/test';
import {
  Contract,
  Interface,
  JsonRpcProvider,
  NonceManager,
  Wallet,
  ZeroAddress
} from 'ethers';

import { addScriptedWallet, expect, run, stack, test } from '../fixtures';
import { ready } from '../lab.mjs';
import {
  account,
  balanceOf,
  become,
  logIn,
  payment,
  prompts,
  publishRows,
  SEND,
  sidebar
} from '../trading';

test.use({ actionTimeout: 15_000 });
test.setTimeout(240_000);

const SELLER = 4;
const BUYER = 5;
const EARLY = 6;

const manage = (page: Page, name: string | RegExp): Locator =>
  page.getByRole('article', { name });

const section = (article: Locator, name: string): Locator =>
  article.getByRole('region', { name, exact: true });

test.beforeEach(async ({ context }) => {
  await addScriptedWallet(context);
});

test('each state: told before, seen by buyers, and back from all of them', async ({
  page,
  tmpPath
}) => {
  await logIn(page, SELLER);
  const { address: token } = await payment(page);
  const name = 'Rows in every state';
  const did = await publishRows(page, `${tmpPath}/states.csv`, name, {
    kind: 'fixed',
    amount: '1',
    token
  });
  await become(page, EARLY);
  await run(page, 'market:buy', { did });
  const shown = page
    .getByRole('article', { name, exact: true })
    .or(page.getByRole('article', { name: did, exact: true }));
  const article = page.getByRole('article', { name: `Manage ${name}` });
  const availability = section(
    page.getByRole('article', { name: /^Manage / }),
    'Availability'
  );
  const buy = shown.getByRole('button', { name: /^Buy for / });

  for (const one of [
    {
      label: 'Unlisted',
      told: 'they refuse orders and downloads of it',
      seen: 'Unlisted. The publisher keeps it out of searches',
      downloads: false
    },
    {
      label: 'End of life',
      told: 'Here it can’t be ordered any more',
      seen: 'End of life. The publisher retired it. It is not sold any more',
      downloads: true
    },
    {
      label: 'Deprecated',
      told: 'nobody finds, orders or downloads it, not even those who bought it',
      seen: 'Deprecated. The publisher put something newer in its place.',
      downloads: false
    }
  ]) {
    await test.step(one.label, async () => {
      await become(page, SELLER);
      await run(page, 'market:asset', { did });
      // The index has forgotten who owns it since the first of these changes.
      await shown.getByRole('button', { name: 'Manage' }).click();
      const choice = availability.getByRole('radio', { name: one.label });
      await expect(choice).toHaveAccessibleDescription(new RegExp(one.told));
      await choice.check();
      await prompts(page);
      await availability
        .getByRole('button', { name: 'Change availability' })
        .click();
      if (one.label === 'Deprecated') {
        await page
          .getByRole('dialog', { name: 'Make it “Deprecated”?' })
          .getByRole('button', { name: 'Deprecated' })
          .click();
      }
      await expect(availability).toContainText(`Now: ${one.label}.`);
      await expect(availability).toContainText('Done: Changing the state.');
      expect(await prompts(page)).toEqual([SEND]);

      await become(page, BUYER);
      await run(page, 'market:asset', { did });
      await expect(
        shown.getByRole('note', { name: 'State of the asset' })
      ).toContainText(one.seen);
      await expect(shown).toContainText('Not for sale at present.');
      // Of the chain: the index has forgotten who sells it.
      await expect(section(shown, 'Seller')).toContainText(account(SELLER));
      await expect(buy).toHaveCount(0);
      await expect(shown.getByRole('button', { name: 'Manage' })).toHaveCount(
        0
      );
      await expect(run(page, 'market:buy', { did })).rejects.toMatchObject({
        code: 'asset-inactive'
      });
      await become(page, EARLY);
      const got = run(page, 'market:download', { did, to: tmpPath });
      await (one.downloads
        ? expect(got).resolves.toMatchObject({ verified: true })
        : expect(got).rejects.toThrow());
      if (one.label !== 'Deprecated') {
        // Everything is as it was.
        await become(page, SELLER);
        await run(page, 'market:manage', { did });
        await availability.getByRole('radio', { name: 'On sale' }).check();
        await availability
          .getByRole('button', { name: 'Change availability' })
          .click();
        await expect(availability).toContainText('Now: On sale.');
        await become(page, BUYER);
        await run(page, 'market:asset', { did });
        await expect(buy).toBeVisible();
      }
    });
  }

  await test.step('after a reload, in a browser that kept nothing', async () => {
    await page.evaluate(() => localStorage.clear());
    await page.reload();
    await ready(page);
    // The tab is there again, and asks for a log-in by a button only.
    const tab = page.getByRole('tab', { name: /^Manage: / });
    await tab.click();
    await expect(
      page.getByText('Log in with your wallet to look after your asset.')
    ).toBeVisible();
    expect(await prompts(page)).toEqual([]);
    await run(page, 'wallet:connect', { wallet: 'test.scripted.wallet' });
    await become(page, SELLER);
    await prompts(page);
    await availability.getByRole('button', { name: 'Bring it back' }).click();
    await expect(availability).toContainText('Now: On sale.');
    await expect(article).toBeVisible();
    expect(await prompts(page)).toEqual([SEND]);
    await become(page, BUYER);
    await run(page, 'market:asset', { did });
    await expect(buy).toBeVisible();
    expect(await run(page, 'market:buy', { did })).toMatchObject({
      reused: false
    });
  });
});

const factoryAbi = new Interface([
  'function createNftWithErc20WithFixedRate(tuple(string name, string symbol, uint256 templateIndex, string tokenURI, bool transferable, address owner), tuple(uint256 templateIndex, string[] strings, address[] addresses, uint256[] uints, bytes[] bytess), tuple(address fixedPriceAddress, address[] addresses, uint256[] uints))',
  'event TokenCreated(address indexed newTokenAddress, address indexed templateAddress, string name, string symbol, uint256 cap, address creator)'
]);
const exchangeAbi = [
  'function generateExchangeId(address baseToken, address datatoken) view returns (bytes32)',
  'function buyDT(bytes32 exchangeId, uint256 datatokenAmount, uint256 maxBaseTokenAmount, address consumeMarketAddress, uint256 consumeMarketSwapFeeAmount)',
  'function sellDT(bytes32 exchangeId, uint256 datatokenAmount, uint256 minBaseTokenAmount, address consumeMarketAddress, uint256 consumeMarketSwapFeeAmount)'
];

/**
 * An asset as other tools make it, with a datatoken of template 1: 5 tokens
 * each, of which a buyer bought three and sold one back.
 */
async function soldByAnExchange(
  name: string,
  token: { address: string; decimals: number },
  contracts: Record<string, string>
): Promise<{ datatoken: string }> {
  const { chain, chainId, accounts } = stack();
  const rpc = new JsonRpcProvider(chain, chainId, {
    staticNetwork: true,
    cacheTimeout: -1,
    pollingInterval: 50
  });
  const signer = (at: number): NonceManager =>
    new NonceManager(new Wallet(accounts[at].privateKey, rpc));
  const ONE = 10n ** 18n;
  try {
    const owner = account(SELLER);
    const factory = new Contract(
      contracts.ERC721Factory,
      factoryAbi,
      signer(SELLER)
    );
    const minted = await factory.createNftWithErc20WithFixedRate(
      [name, 'H', 1, 'uri', true, owner],
      [
        1,
        ['Datatoken', 'DT'],
        [owner, ZeroAddress, ZeroAddress, ZeroAddress],
        [10n ** 24n, 0n],
        []
      ],
      [
        contracts.FixedPrice,
        [token.address, owner, owner, ZeroAddress],
        [token.decimals, 18, 5n * ONE, 0n, 1]
      ]
    );
    const { logs } = await minted.wait();
    const datatoken = (logs as { topics: string[]; data: string }[])
      .map(log => factoryAbi.parseLog(log))
      .find(event => event?.name === 'TokenCreated')!.args
      .newTokenAddress as string;
    const buyer = signer(BUYER);
    for (const spent of [token.address, datatoken]) {
      const approve = ['function approve(address, uint256) returns (bool)'];
      await (
        await new Contract(spent, approve, buyer).approve(
          contracts.FixedPrice,
          100n * ONE
        )
      ).wait();
    }
    const exchange = new Contract(contracts.FixedPrice, exchangeAbi, buyer);
    const id = await exchange.generateExchangeId(token.address, datatoken);
    await (
      await exchange.buyDT(id, 3n * ONE, 100n * ONE, ZeroAddress, 0n)
    ).wait();
    await (await exchange.sellDT(id, ONE, 0n, ZeroAddress, 0n)).wait();
    return { datatoken };
  } finally {
    rpc.destroy();
  }
}

test('what an exchange holds: shown, and paid out to whom it says', async ({
  page
}) => {
  await logIn(page, SELLER);
  const token = await payment(page);
  const contracts = await page.evaluate(
    async () =>
      (await (await fetch('/web3/config')).json()).chain.contracts as Record<
        string,
        string
      >
  );
  const name = 'Sold by an exchange';
  const { datatoken } = await soldByAnExchange(name, token, contracts);
  await run(page, 'market:open', { tab: 'mine' });
  await sidebar(page).getByRole('button', { name: 'Look again' }).click();
  await sidebar(page)
    .getByRole('list', { name: 'Your assets' })
    .getByRole('button', { name: new RegExp(`^${name}`) })
    .click();
  const sale = section(manage(page, `Manage ${name}`), 'Price and payment');
  const held = sale.getByRole('group', { name: 'Held by the exchange' });
  await expect(held).toContainText(`10 ${token.symbol} wait to be paid out to`);
  // It counts as earned, although nobody has ordered with it yet.
  const sales = section(manage(page, `Manage ${name}`), 'Sales');
  await expect(sales).toContainText(`0 orders · earned 10 ${token.symbol}`);
  await expect(sales).toContainText(
    `10 ${token.symbol} of it: bought, not ordered yet.`
  );
  await expect(sale).toContainText('It can’t be given away for a while');
  const had = await balanceOf(token.address, account(SELLER));
  await prompts(page);
  await held
    .getByRole('button', { name: `Pay out 10 ${token.symbol}` })
    .click();
  await expect(held).toContainText('Nothing is held');
  expect(await balanceOf(token.address, account(SELLER))).toBe(
    had + 10n * 10n ** BigInt(token.decimals)
  );

  // What was sold back goes to whoever is paid by then.
  await sale.getByLabel('Pay orders to another account').fill(account(EARLY));
  await sale.getByRole('button', { name: 'Change who is paid' }).click();
  await page
    .getByRole('dialog', { name: /^Pay orders to / })
    .getByRole('button', { name: 'Pay this account' })
    .click();
  await expect(sale.getByRole('group', { name: 'Who is paid' })).toContainText(
    'Orders are paid to:'
  );
  await expect(held).toContainText('Datatokens that wait there to be sold: 1.');
  await held.getByRole('button', { name: 'Hand out datatokens: 1' }).click();
  await expect(sale).toContainText('Done: Handing out the datatokens.');
  await expect(held).not.toContainText('Datatokens');
  expect(await balanceOf(datatoken, account(EARLY))).toBe(10n ** 18n);
  expect(await prompts(page)).toEqual([SEND, SEND, SEND]);
});
