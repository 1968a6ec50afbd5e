/** @jest-environment node */
import { checkDraft } from '../../ocean/ddo';
import type { INetwork } from '../../tokens';
import {
  afterChange,
  fieldOf,
  isToBeSealed,
  prefill,
  schemas,
  titleOf,
  toDraft
} from '../form';
import type { FormWords } from '../form';
import { ALICE, BOB } from './world';

const local: INetwork = {
  chainId: 8996,
  name: 'Local chain',
  testnet: true,
  rpc: '',
  explorer: null,
  currency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
  oceanNode: 'http://node',
  paymentTokens: [{ address: BOB, symbol: 'OCEAN', decimals: 18 }]
};
const other: INetwork = {
  ...local,
  chainId: 1,
  name: 'Ethereum',
  paymentTokens: []
};
const blind: INetwork = { ...local, chainId: 5, oceanNode: null };
const networks = [blind, local, other];
const words = new Proxy({}, { get: (_t, name) => String(name) }) as FormWords;

describe('the form', () => {
  it.each([
    ['iris_measurements.csv', 'iris measurements'],
    ['a/b/data.tar.gz', 'data.tar'],
    ['.gitignore', '.gitignore'],
    ['no extension', 'no extension']
  ])('makes a title of %s', (name, title) => {
    expect(titleOf(name)).toBe(title);
  });

  it('opens on the chain of the wallet, else on one that has a node', () => {
    const open = (chainId: number | null) =>
      prefill({ title: 'Iris', account: ALICE, networks, chainId });
    expect(open(1).chainId).toBe(1);
    expect(open(5).chainId).toBe(8996);
    expect(open(null)).toMatchObject({
      chainId: 8996,
      author: ALICE,
      name: 'Iris',
      token: BOB
    });
  });

  it('seals free content by choice, what has a price always', () => {
    const form = prefill({
      title: 'Iris',
      account: ALICE,
      networks,
      chainId: null,
      draft: { seal: true }
    });
    const offered = (which: typeof form): boolean =>
      'seal' in (schemas(which, networks, [], words).more.properties ?? {});
    expect(offered(form)).toBe(true);
    expect(toDraft(form).seal).toBe(true);
    expect(isToBeSealed(toDraft(form))).toBe(true);
    expect(isToBeSealed(toDraft({ ...form, seal: false }))).toBe(false);
    const priced = { ...form, price: 'fixed', amount: '1' } as const;
    expect(offered(priced)).toBe(false);
    expect(toDraft(priced)).not.toHaveProperty('seal');
    expect(isToBeSealed(toDraft(priced))).toBe(true);
  });

  it('says the draft back that it was opened with', () => {
    const draft = {
      name: 'Iris',
      description: 'Measurements of iris',
      license: 'MIT',
      author: 'Ada',
      tags: ['x', 'y'],
      type: 'algorithm' as const,
      price: { kind: 'fixed' as const, amount: '2.5', token: BOB },
      timeout: 86400,
      sample: 'ipfs://x',
      chainId: 8996,
      algorithm: {
        container: { image: 'i', tag: 't', entrypoint: 'e', checksum: 'c' }
      }
    };
    expect(
      toDraft(
        prefill({ title: '', account: null, networks, chainId: 1, draft })
      )
    ).toEqual(draft);
  });

  it('drops empty and double tags', () => {
    const form = prefill({
      title: 'Iris',
      account: null,
      networks,
      chainId: 8996
    });
    expect(toDraft({ ...form, tags: ' a, ,b,a ' }).tags).toEqual(['a', 'b']);
  });

  it('goes back to free where the chain has no token to pay in', () => {
    const form = prefill({
      title: 'Iris',
      account: null,
      networks,
      chainId: 8996
    });
    const next = afterChange({ ...form, price: 'fixed', chainId: 1 }, networks);
    expect(next).toMatchObject({ price: 'free', token: '' });
    expect(
      JSON.stringify(schemas(next, networks, [], words).main)
    ).not.toContain('fixed');
  });

  it('offers only networks with a node', () => {
    const form = prefill({
      title: 'Iris',
      account: null,
      networks,
      chainId: 8996
    });
    const { main } = schemas(form, networks, [], words);
    expect(JSON.stringify(main.properties!.chainId)).toBe(
      JSON.stringify({
        type: 'integer',
        title: 'chainId',
        oneOf: [
          { const: 8996, title: 'Local chain' },
          { const: 1, title: 'Ethereum' }
        ]
      })
    );
  });

  it('shows each problem of a draft at a field that the form has', () => {
    const form = {
      ...prefill({ title: '', account: null, networks, chainId: 8996 }),
      price: 'fixed' as const,
      amount: 'much'
    };
    const fields = checkDraft(toDraft(form)).map(({ field }) => fieldOf(field));
    expect(fields).toEqual(
      expect.arrayContaining(['name', 'description', 'amount'])
    );
    expect(Object.keys(form)).toEqual(expect.arrayContaining(fields));
  });
});
