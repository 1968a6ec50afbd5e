/** What is paid is what was shown, and it is paid once. */
import { Contract, JsonRpcProvider, parseUnits, Wallet } from 'ethers';

import { addScriptedWallet, expect, run, stack, test } from '../fixtures';
import {
  account,
  assetPage,
  balanceOf,
  become,
  logIn,
  payment,
  prompts,
  publishRows,
  SEND
} from '../trading';

const SELLER = 0;
const BUYER = 3;

test.use({ actionTimeout: 15_000 });
test.setTimeout(240_000);

test.beforeEach(async ({ context }) => {
  await addScriptedWallet(context);
});

/** What the seller asks from now on, by the exchange itself. */
async function raisePrice(did: string, amount: string): Promise<void> {
  const { services } = (await (
    await fetch(`${stack().oceanNode}/api/aquarius/assets/ddo/${did}`)
  ).json()) as { services: { datatokenAddress: string }[] };
  const provider = new JsonRpcProvider(stack().chain, undefined, {
    staticNetwork: true,
    cacheTimeout: -1,
    pollingInterval: 50
  });
  try {
    const seller = new Wallet(stack().accounts[SELLER].privateKey, provider);
    const [rate] = (await new Contract(
      services[0].datatokenAddress,
      [
        'function getFixedRates() view returns (tuple(address contractAddress, bytes32 id)[])'
      ],
      provider
    ).getFixedRates()) as { contractAddress: string; id: string }[];
    const exchange = new Contract(
      rate.contractAddress,
      ['function setRate(bytes32, uint256)'],
      seller
    );
    await (await exchange.setRate(rate.id, parseUnits(amount, 18))).wait();
  } finally {
    provider.destroy();
  }
}

test('a price raised after it was shown is not paid; a second purchase finds the first', async ({
  page,
  tmpPath
}) => {
  await logIn(page, SELLER);
  const token = await payment(page);
  const did = await publishRows(page, `${tmpPath}/up.csv`, 'Dearer soon', {
    kind: 'fixed',
    amount: '2',
    token: token.address
  });
  await become(page, BUYER);
  await run(page, 'market:asset', { did });
  const asset = assetPage(page, 'Dearer soon');
  const buy = asset.getByRole('button', { name: /^Buy for / });
  await expect(buy).toBeEnabled();
  const shown = await buy.textContent();
  await raisePrice(did, '3');
  const before = await balanceOf(token.address, account(BUYER));
  await prompts(page);
  await buy.click();
  await expect(asset.getByRole('alert')).toContainText(
    'It costs more than was shown. Nothing was paid for it'
  );
  expect(await prompts(page)).toEqual([]);
  expect(await balanceOf(token.address, account(BUYER))).toBe(before);
  await expect(buy).not.toHaveText(shown!);
  await buy.click();
  await expect(asset).toContainText('Bought with this account.');
  expect(await prompts(page)).toEqual([SEND, SEND]);
  const paid = await balanceOf(token.address, account(BUYER));
  expect(await run(page, 'market:buy', { did })).toMatchObject({
    did,
    reused: true
  });
  expect(await prompts(page)).toEqual([]);
  expect(await balanceOf(token.address, account(BUYER))).toBe(paid);
});
