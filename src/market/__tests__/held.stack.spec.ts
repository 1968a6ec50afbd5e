/** @jest-environment node */
/**
 * What an exchange holds: with datatokens of template 1 the payments stay in it
 * until somebody has them paid out. (Template 2 hands each on at once.)
 */
import { Contract, Interface, NonceManager, Wallet, ZeroAddress } from 'ethers';

import { balanceOf } from '../../ocean/pricing';
import { didOf } from '../../ocean/ddo';
import { Changes } from '../change';
import { KeptRecords } from '../kept';
import { ManageModel } from '../manage';
import { MarketOcean } from '../ocean';
import { memoryStore, sharedLocks } from './fakes';
import {
  accounts,
  network,
  noServer,
  reader,
  rpc,
  TestWallet
} from './stackWorld';

const factoryAbi = new Interface([
  'function createNftWithErc20WithFixedRate(tuple(string name, string symbol, uint256 templateIndex, string tokenURI, bool transferable, address owner), tuple(uint256 templateIndex, string[] strings, address[] addresses, uint256[] uints, bytes[] bytess), tuple(address fixedPriceAddress, address[] addresses, uint256[] uints))',
  'event NFTCreated(address newTokenAddress, address indexed templateAddress, string tokenName, address indexed admin, string symbol, string tokenURI, bool transferable, address indexed creator)'
]);
const exchangeAbi = [
  'function buyDT(bytes32 exchangeId, uint256 datatokenAmount, uint256 maxBaseTokenAmount, address consumeMarketAddress, uint256 consumeMarketSwapFeeAmount)'
];

const [, , , , , , seller, buyer] = accounts;
const [token] = network.paymentTokens;
const UNIT = 10n ** BigInt(token.decimals);
const ONE = 10n ** 18n;

const signer = (who: { privateKey: string }): NonceManager =>
  new NonceManager(new Wallet(who.privateKey, rpc));

afterAll(() => rpc.destroy());

it('is shown, and paid out to who is paid; the market’s fee as well', async () => {
  const owner = seller.address;
  const factory = new Contract(
    network.contracts!.ERC721Factory,
    factoryAbi,
    signer(seller)
  );
  const receipt = await (
    await factory.createNftWithErc20WithFixedRate(
      ['Held', 'H', 1, 'uri', true, owner],
      [
        1,
        ['Datatoken', 'DT'],
        [owner, ZeroAddress, ZeroAddress, ZeroAddress],
        [10n ** 24n, 0n],
        []
      ],
      [
        network.contracts!.FixedPrice,
        [token.address, owner, owner, ZeroAddress],
        // 1.7 % for the market that published it.
        [token.decimals, 18, 5n * ONE, 17n * 10n ** 15n, 1]
      ]
    )
  ).wait();
  const nft = receipt.logs
    .map((log: { topics: string[]; data: string }) => factoryAbi.parseLog(log))
    .find((event: { name: string } | null) => event?.name === 'NFTCreated').args
    .newTokenAddress as string;
  const wallet = new TestWallet(seller);
  const ocean = new MarketOcean({ wallet: wallet.room, server: noServer });
  const model = new ManageModel(
    await didOf(nft, network.chainId),
    network.chainId,
    nft,
    {
      wallet: wallet.room,
      changes: new Changes({
        wallet: wallet.room,
        store: memoryStore(),
        locks: sharedLocks(),
        interval: 30
      }),
      kept: new KeptRecords(memoryStore()),
      node: (url, who, chainId) => ocean.nodeAt(url, who, chainId),
      confirmAgain: async () => false,
      confirmMainnet: async () => true
    }
  );
  await model.load();
  const [before] = model.state.sales[0].exchanges;
  expect(before).toMatchObject({ held: 0n, marketFee: 0n, rate: 5n * ONE });

  const pays = signer(buyer);
  const base = new Contract(
    token.address,
    ['function approve(address, uint256) returns (bool)'],
    pays
  );
  await (await base.approve(before.contract, 100n * UNIT)).wait();
  const exchange = new Contract(before.contract, exchangeAbi, pays);
  await (
    await exchange.buyDT(before.id, 2n * ONE, 100n * UNIT, ZeroAddress, 0n)
  ).wait();

  await model.load();
  const [held] = model.state.sales[0].exchanges;
  expect(held.held).toBe(10n * UNIT);
  expect(held.marketFee).toBe((10n * UNIT * 17n) / 1000n);
  const had = await balanceOf(reader, token.address, owner);
  await model.collect(held);
  await model.collectFee(held);
  expect(await balanceOf(reader, token.address, owner)).toBe(
    had + held.held + held.marketFee
  );
  expect(model.state.sales[0].exchanges[0]).toMatchObject({
    held: 0n,
    marketFee: 0n
  });
  expect(wallet.prompts).toHaveLength(2);
  // Nothing is left: nothing is asked.
  await model.collect(held);
  expect(wallet.prompts).toHaveLength(2);
});
