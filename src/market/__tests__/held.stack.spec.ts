/** @jest-environment node */
/**
 * What an exchange holds: with datatokens of template 1 the payments stay in it
 * until somebody has them paid out. (Template 2 hands each on at once.)
 */
import { Contract, Interface, NonceManager, Wallet, ZeroAddress } from 'ethers';

import { balanceOf } from '../../ocean/pricing';
import { didOf } from '../../ocean/ddo';
import { deskOf } from './stackMarket';
import { accounts, network, reader, rpc, TestWallet } from './stackWorld';

const factoryAbi = new Interface([
  'function createNftWithErc20WithFixedRate(tuple(string name, string symbol, uint256 templateIndex, string tokenURI, bool transferable, address owner), tuple(uint256 templateIndex, string[] strings, address[] addresses, uint256[] uints, bytes[] bytess), tuple(address fixedPriceAddress, address[] addresses, uint256[] uints))',
  'event NFTCreated(address newTokenAddress, address indexed templateAddress, string tokenName, address indexed admin, string symbol, string tokenURI, bool transferable, address indexed creator)'
]);
const exchangeAbi = [
  'function buyDT(bytes32 exchangeId, uint256 datatokenAmount, uint256 maxBaseTokenAmount, address consumeMarketAddress, uint256 consumeMarketSwapFeeAmount)',
  'function sellDT(bytes32 exchangeId, uint256 datatokenAmount, uint256 minBaseTokenAmount, address consumeMarketAddress, uint256 consumeMarketSwapFeeAmount)'
];

const [, , , , , , seller, buyer] = accounts;
const [token] = network.paymentTokens;
const UNIT = 10n ** BigInt(token.decimals);
const ONE = 10n ** 18n;

const signer = (who: { privateKey: string }): NonceManager =>
  new NonceManager(new Wallet(who.privateKey, rpc));

afterAll(() => rpc.destroy());

it('is shown, and paid out to who is paid: payments, datatokens, the market’s fee', async () => {
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
  const model = deskOf(wallet, await didOf(nft, network.chainId), nft);
  await model.load();
  const [before] = model.state.sales[0].exchanges;
  expect(before).toMatchObject({ held: 0n, marketFee: 0n, rate: 5n * ONE });

  const pays = signer(buyer);
  const { datatoken } = model.state.sales[0];
  for (const spent of [token.address, datatoken]) {
    const approve = ['function approve(address, uint256) returns (bool)'];
    const sent = await new Contract(spent, approve, pays).approve(
      before.contract,
      100n * ONE
    );
    await sent.wait();
  }
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

  // What a buyer sells back stays there, to be sold again.
  await (
    await exchange.buyDT(before.id, 2n * ONE, 100n * UNIT, ZeroAddress, 0n)
  ).wait();
  await (await exchange.sellDT(before.id, ONE, 0n, ZeroAddress, 0n)).wait();
  await model.load();
  const [back] = model.state.sales[0].exchanges;
  expect(back).toMatchObject({ held: 5n * UNIT, heldDatatokens: ONE });
  // Four bought, one sold back, none ordered with.
  const earned = [{ token, amount: 15n * UNIT }];
  expect(model.state.revenue).toMatchObject({
    sales: [],
    totals: earned,
    unordered: earned
  });
  // Given away, they could be sold back for what later buyers pay.
  await expect(model.setFree(model.state.sales[0], true)).rejects.toMatchObject(
    { code: 'not-for-sale' }
  );
  expect(wallet.prompts).toHaveLength(2);
  await model.collectDatatokens(back);
  expect(await balanceOf(reader, datatoken, owner)).toBe(ONE);
  await model.collect(back);
  expect(model.state.sales[0].exchanges[0]).toMatchObject({
    held: 0n,
    heldDatatokens: 0n
  });
  expect(wallet.prompts).toHaveLength(4);
  // Nothing is left: nothing is asked.
  await model.collect(held);
  await model.collectDatatokens(back);
  expect(wallet.prompts).toHaveLength(4);
});
