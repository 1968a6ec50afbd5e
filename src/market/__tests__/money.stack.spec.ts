/** @jest-environment node */
/**
 * What is shown is what leaves the account: tokens of 0, 6, 8 and 18 decimals,
 * both templates, fees of every kind, on the real contracts.
 */
import { createRequire } from 'module';
import { join } from 'path';

import {
  Contract,
  ContractFactory,
  Interface,
  NonceManager,
  Wallet,
  ZeroAddress
} from 'ethers';

import { signedFee } from '../../ocean/__tests__/signedFee';
import { didOf } from '../../ocean/ddo';
import { findOrders, orderIn } from '../../ocean/findOrders';
import { parseAmount } from '../../ocean/pricing';
import { exactAmount } from '../../ui/amount';
import type { AssetModel } from '../model';
import type { MarketOcean } from '../ocean';
import type { IAsset, IProviderFee } from '../ports';
import { asset as anAsset } from './fakes';
import { shopOf } from './stackMarket';
import { accounts, network, reader, rpc, TestWallet } from './stackWorld';

const contracts = network.contracts ?? {};
afterAll(() => rpc.destroy());
// Accounts that no other test of the stack uses.
const seller = new NonceManager(new Wallet(accounts[6].privateKey, rpc));
const [, , , , , , , account] = accounts;
const buyer = account.address;
const node = Wallet.createRandom();

const requireFromDevnet = createRequire(
  join(process.cwd(), 'devnet', 'package.json')
);
const artifact = (path: string): { abi: never[]; bytecode: string } =>
  requireFromDevnet(
    `@oceanprotocol/contracts/artifacts/contracts/${path}.json`
  ) as { abi: never[]; bytecode: string };
const factoryAbi = new Interface(
  artifact('ERC721Factory.sol/ERC721Factory').abi
);
const erc20 = [
  'function balanceOf(address) view returns (uint256)',
  'function allowance(address, address) view returns (uint256)',
  'function transfer(address, uint256)'
];

/** A token of so many decimals, of which the buyer has 1000. */
async function newToken(decimals: number): Promise<string> {
  const { abi, bytecode } = artifact(
    'utils/mock/MockERC20Decimals.sol/MockERC20Decimals'
  );
  const token = await new ContractFactory(abi, bytecode, seller).deploy(
    `Token ${decimals}`,
    `T${decimals}`,
    decimals
  );
  await token.waitForDeployment();
  const address = await token.getAddress();
  const sent = await new Contract(address, erc20, seller).transfer(
    buyer,
    1000n * 10n ** BigInt(decimals)
  );
  await sent.wait();
  return address;
}

const balance = async (token: string): Promise<bigint> =>
  new Contract(token, erc20, rpc).balanceOf(buyer);

interface IOffer {
  template: 1 | 2;
  /** null: free, by a dispenser. */
  price: { token: string; decimals: number; rate: bigint } | null;
  /** On each order, in a token of its own. */
  orderFee?: { token: string; amount: bigint };
}

/** Mint as any tool does it; the asset as the index would tell it. */
async function offer(
  { template, price, orderFee }: IOffer,
  timeout = 0
): Promise<IAsset> {
  const owner = await seller.getAddress();
  const factory = new Contract(contracts.ERC721Factory, factoryAbi, seller);
  const nft = ['Asset', 'A', 1, 'uri', true, owner];
  const datatoken = [
    template,
    ['Datatoken', 'DT'],
    [
      owner,
      ZeroAddress,
      orderFee ? owner : ZeroAddress,
      orderFee?.token ?? ZeroAddress
    ],
    [10n ** 24n, orderFee?.amount ?? 0n],
    []
  ];
  const sent = price
    ? await factory.createNftWithErc20WithFixedRate(nft, datatoken, [
        contracts.FixedPrice,
        [price.token, owner, owner, ZeroAddress],
        // 1.7 % for the market that published it.
        [price.decimals, 18, price.rate, 17n * 10n ** 15n, 1]
      ])
    : await factory.createNftWithErc20WithDispenser(nft, datatoken, [
        contracts.Dispenser,
        10n ** 24n,
        10n ** 24n,
        true,
        ZeroAddress
      ]);
  const receipt = await sent.wait();
  const made = (name: string): string =>
    receipt.logs
      .map((log: { topics: string[]; data: string }) =>
        factoryAbi.parseLog(log)
      )
      .find((event: { name: string } | null) => event?.name === name).args
      .newTokenAddress;
  const nftAddress = made('NFTCreated');
  const base = anAsset();
  const service = {
    ...base.service!,
    datatokenAddress: made('TokenCreated'),
    timeout
  };
  return anAsset({
    did: await didOf(nftAddress, network.chainId),
    nftAddress,
    service,
    services: [service]
  });
}

/** A browser of the buyer, with the asset as its index and node would tell it. */
function shop(
  asset: IAsset,
  fee: () => Promise<IProviderFee> = () => signedFee()
): { model: AssetModel; ocean: MarketOcean; wallet: TestWallet } {
  const { market, ocean, wallet } = shopOf(new TestWallet(account));
  ocean.resolve = async () => asset;
  ocean.foreignHost = () => null;
  ocean.initialize = fee;
  return { model: market.asset(asset.did), ocean, wallet };
}

const feeOf = (
  token: string,
  amount: bigint,
  validUntil = 0
): Promise<IProviderFee> => signedFee({ token, amount, validUntil, node });

describe.each([0, 6, 8, 18])('a token of %s decimals', decimals => {
  it.each([2, 1] as const)(
    'template %s: the number shown is the number paid',
    async template => {
      const token = await newToken(decimals);
      // 37.123456789… where the token has so many; the rate counts in 1e18.
      const rate = 37_123_456_789_012_345_678n;
      const asset = await offer({
        template,
        price: { token, decimals, rate }
      });
      const fee = 3n * 10n ** BigInt(Math.max(0, decimals - 2)) + 1n;
      const { model, wallet } = shop(asset, () => feeOf(token, fee));
      await model.load();
      const shown = exactAmount(model.cost ?? 0n, decimals);
      const announced = model.state.prompts;
      const before = await balance(token);
      await model.buy();
      expect(parseAmount(shown.replace(/,/g, ''), decimals)).toBe(
        before - (await balance(token))
      );
      expect(model.state.price?.fees.publisher).toBe(
        ((model.state.price?.base ?? 0n) * 17n) / 1000n
      );
      expect(wallet.prompts).toHaveLength(announced ?? 0);
      // With template 1, the exchange and the datatoken both take some.
      expect(wallet.prompts).toHaveLength(template === 2 ? 2 : 4);
    }
  );
});

it('template 1 without a fee of the node: three prompts', async () => {
  const token = await newToken(6);
  const asset = await offer({
    template: 1,
    price: { token, decimals: 6, rate: 2n * 10n ** 18n }
  });
  const { model, wallet } = shop(asset);
  await model.buy();
  expect(wallet.prompts).toHaveLength(3);
});

it.each([2, 1] as const)('template %s, free: no approval', async template => {
  const asset = await offer({ template, price: null });
  const { model, wallet } = shop(asset);
  await model.load();
  expect(model.cost).toBe(0n);
  await model.buy();
  expect(wallet.prompts).toHaveLength(template === 2 ? 1 : 2);
});

it('fees in other tokens than the price: shown, paid, counted', async () => {
  const [token, other, third] = [
    await newToken(6),
    await newToken(18),
    await newToken(0)
  ];
  const asset = await offer({
    template: 2,
    price: { token, decimals: 6, rate: 10n ** 18n },
    orderFee: { token: other, amount: 7n }
  });
  const { model, wallet } = shop(asset, () => feeOf(third, 2n));
  await model.load();
  const sums = model.sums;
  expect(model.state.nodeFeeToken?.symbol).toBe('T0');
  expect(sums?.size).toBe(3);
  const tokens = [token, other, third];
  const before = await Promise.all(tokens.map(balance));
  await model.buy();
  for (const [at, one] of tokens.entries()) {
    expect(before[at] - (await balance(one))).toBe(
      sums?.get(one.toLowerCase())
    );
  }
  expect(wallet.prompts).toHaveLength(4);
});

it('a datatoken that was bought is ordered with, never bought twice', async () => {
  const token = await newToken(8);
  const asset = await offer({
    template: 1,
    price: { token, decimals: 8, rate: 5n * 10n ** 18n }
  });
  const first = shop(asset);
  first.wallet.refuses = 3;
  await expect(first.model.buy()).rejects.toMatchObject({ code: 'rejected' });
  const paid = await balance(token);
  // Another browser, which remembers nothing.
  const second = shop(asset);
  await second.model.load();
  expect(second.model.cost).toBe(0n);
  await second.model.buy();
  expect(second.wallet.prompts).toHaveLength(1);
  expect(await balance(token)).toBe(paid);
});

it('an allowance kept by choice saves the approval of the next purchase', async () => {
  const token = await newToken(6);
  const asset = await offer(
    { template: 2, price: { token, decimals: 6, rate: 2n * 10n ** 18n } },
    60
  );
  const first = shop(asset);
  await first.model.buy({ keep: 100_000_000n });
  expect(first.wallet.prompts).toHaveLength(2);
  expect(
    await new Contract(token, erc20, rpc).allowance(
      buyer,
      asset.service?.datatokenAddress
    )
  ).toBe(100_000_000n - (first.model.cost ?? 0n));
  await rpc.send('evm_increaseTime', [61]);
  await rpc.send('evm_mine', []);
  const second = shop(asset);
  await second.model.load();
  expect(second.model.state).toMatchObject({ order: null, prompts: 1 });
  await second.model.buy();
  expect(second.wallet.prompts).toHaveLength(1);
});

it('renews an order that only the fee of the node has run out of', async () => {
  const token = await newToken(6);
  const asset = await offer({
    template: 2,
    price: { token, decimals: 6, rate: 2n * 10n ** 18n }
  });
  const { timestamp } = (await rpc.getBlock('latest'))!;
  const first = shop(asset, () => feeOf(token, 5n, timestamp + 100));
  const order = await first.model.buy();
  expect(await shop(asset).model.buy()).toMatchObject({
    orderTx: order.orderTx,
    reused: true
  });
  await rpc.send('evm_increaseTime', [101]);
  await rpc.send('evm_mine', []);
  const second = shop(asset, () => feeOf(token, 7n));
  await second.model.load();
  expect(second.model.cost).toBe(7n);
  const before = await balance(token);
  const renewed = await second.model.buy();
  expect(before - (await balance(token))).toBe(7n);
  expect(renewed.orderTx).not.toBe(order.orderTx);
  // From now on this is what nodes are told.
  expect(await shop(asset).model.buy()).toMatchObject({
    orderTx: renewed.orderTx,
    reused: true
  });
});

it.each([2, 1] as const)(
  'template %s: a fee on orders that rises at the last moment is not paid from what is kept',
  async template => {
    const token = await newToken(6);
    const asset = await offer({
      template,
      price: { token, decimals: 6, rate: 2n * 10n ** 18n },
      orderFee: { token, amount: 1n }
    });
    const { model, ocean, wallet } = shop(asset);
    const { datatokenAddress } = asset.service!;
    // All that is asked before the order was answered: the seller acts now.
    const { buyTx } = ocean;
    ocean.buyTx = async deal => {
      const fee = ['function setPublishingMarketFee(address,address,uint256)'];
      const raised = await new Contract(
        datatokenAddress,
        fee,
        seller
      ).setPublishingMarketFee(await seller.getAddress(), token, 50_000_000n);
      await raised.wait();
      return buyTx.call(ocean, deal);
    };
    const before = await balance(token);
    await expect(model.buy({ keep: 100_000_000n })).rejects.toMatchObject({
      code: 'price-changed'
    });
    // With template 1 the datatoken was bought by then, and no more.
    const spent = before - (await balance(token));
    expect(spent).toBe(template === 1 ? (model.state.price?.total ?? 0n) : 0n);
    expect(wallet.prompts).toHaveLength(template === 2 ? 1 : 3);
    // The page says what it would cost now.
    expect(model.cost).toBe(
      50_000_000n + (template === 2 ? (model.state.price?.total ?? 0n) : 0n)
    );
  }
);

it('nothing is approved where the record names another’s contract', async () => {
  const token = await newToken(6);
  const price = { token, decimals: 6, rate: 10n ** 18n };
  const [mine, other] = [
    await offer({ template: 2, price }),
    await offer({ template: 2, price })
  ];
  const service = mine.service!;
  for (const [forged, code] of [
    // Of the factory, but of another NFT; and a token like any other.
    [{ ...mine, service: other.service }, 'not-genuine'],
    [{ ...mine, did: other.did }, 'not-genuine'],
    [
      { ...mine, service: { ...service, datatokenAddress: token } },
      'tx-reverted'
    ]
  ] as const) {
    const { model, wallet } = shop(forged);
    await expect(model.buy()).rejects.toMatchObject({ code });
    expect(wallet.prompts).toEqual([]);
  }
});

it('an order whose fee went to another node is renewed, not taken for valid', async () => {
  const token = await newToken(6);
  const asset = await offer({
    template: 2,
    price: { token, decimals: 6, rate: 10n ** 18n }
  });
  const { orderTx } = await shop(asset, () => signedFee({ node })).model.buy();
  const found = (address: string): ReturnType<typeof findOrders> =>
    findOrders(reader, network, asset, buyer, async () => address);
  expect(await found(node.address)).toMatchObject({ valid: { tx: orderTx } });
  expect(await found(account.address)).toMatchObject({
    valid: null,
    stale: { tx: orderTx }
  });
  expect(
    await orderIn(reader, asset, buyer, orderTx, async () => buyer)
  ).toBeNull();
  expect(await orderIn(reader, asset, buyer, orderTx)).toMatchObject({
    tx: orderTx
  });
});
