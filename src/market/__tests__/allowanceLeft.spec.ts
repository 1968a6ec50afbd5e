/** @jest-environment node */
/** What a purchase left allowed: taken back once, and a purchase waits for it. */
import { AllowanceLeft, type IAllowanceDeps } from '../allowanceLeft';
import type { IAssetPrice } from '../ports';
import { ACCOUNT, asset, FakeChain, TOKEN } from './fakes';

async function noteOf(
  chain: FakeChain,
  more: Partial<IAllowanceDeps['wallet']> = {}
): Promise<{ left: AllowanceLeft; price: IAssetPrice; steps: string[] }> {
  const price = await chain.ocean.price(asset());
  const { state, provider, switchNetwork } = chain.wallet;
  const wallet = { state, provider, switchNetwork, ...more };
  const left = new AllowanceLeft({ wallet, ocean: chain.ocean });
  const steps: string[] = [];
  left.changed.connect((_, { step }) => {
    if (step !== steps[steps.length - 1]) {
      steps.push(step);
    }
  });
  await left.look(asset(), price, ACCOUNT);
  return { left, price, steps };
}

it('is shown only where something is left', async () => {
  const chain = new FakeChain();
  expect((await noteOf(chain)).left.state.left).toBeNull();
  chain.allowance = 90n;
  const { left, price } = await noteOf(chain);
  expect(left.state.left).toMatchObject({ amount: 90n, spender: TOKEN });
  await left.look(asset(), price, null);
  expect(left.state.left).toBeNull();
});

it('goes by one request, however often it is asked for', async () => {
  const chain = new FakeChain();
  chain.allowance = 90n;
  const { left, price, steps } = await noteOf(chain);
  const [first, second] = await Promise.all([
    left.takeBack(asset(), price),
    left.takeBack(asset(), price)
  ]);
  expect([first, second]).toEqual([true, false]);
  expect(chain.sent.map(({ kind }) => kind)).toEqual(['take-back']);
  expect(steps).toEqual(['rest', 'wallet', 'mining', 'rest']);
  expect(left.state).toMatchObject({ left: null, taken: true, problem: null });
});

it('a no in the wallet, a transaction that fails: said, and it is still there', async () => {
  const chain = new FakeChain();
  chain.allowance = 90n;
  chain.onPrompt = () => {
    throw Object.assign(new Error('no'), { code: 4001 });
  };
  const { left, price } = await noteOf(chain);
  expect(await left.takeBack(asset(), price)).toBe(false);
  expect(left.state).toMatchObject({
    left: { amount: 90n },
    step: 'rest',
    problem: { code: 'rejected' }
  });
  chain.onPrompt = () => undefined;
  chain.mines = 'reverted';
  expect(await left.takeBack(asset(), price)).toBe(false);
  expect(left.state).toMatchObject({
    left: { amount: 90n },
    problem: { code: 'tx-reverted' }
  });
});

it('sped up in the wallet: what counts is the allowance', async () => {
  const chain = new FakeChain();
  chain.allowance = 90n;
  chain.mines = 'replaced';
  const { left, price } = await noteOf(chain);
  chain.ocean.allowanceLeft = async () => null;
  expect(await left.takeBack(asset(), price)).toBe(true);
  expect(left.state).toMatchObject({ left: null, taken: true, problem: null });
});

it('the wallet is put on the network of the asset first', async () => {
  const chain = new FakeChain();
  chain.allowance = 90n;
  chain.chainId = 1;
  const asked: number[] = [];
  const { left, price } = await noteOf(chain, {
    state: { ...chain.wallet.state, chainId: 1 },
    switchNetwork: async to => {
      asked.push(to);
      chain.chainId = to;
    }
  });
  expect(await left.takeBack(asset(), price)).toBe(true);
  expect(asked).toEqual([asset().chainId]);
});
