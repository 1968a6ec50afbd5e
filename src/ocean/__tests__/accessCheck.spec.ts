import { mayConsume } from '../accessCheck';
import { readAsset, type IAccessRules } from '../asset';
import type { Reader } from '../chain';

const ME = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
const OTHER = '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC';
const LIST = '0x5FbDB2315678afecb367f032d93F642f64180aa3';
const NONE: IAccessRules = { allow: [], deny: [] };

/** A chain where `holders` have a token of `LIST`. */
function chain(holders: string[] = [], fails?: string): Reader & { n: number } {
  const self = {
    n: 0,
    request: async ({ params }: { params?: unknown }): Promise<unknown> => {
      self.n++;
      if (fails) {
        throw new Error(fails);
      }
      const [{ to, data }] = params as [{ to: string; data: string }];
      if (to.toLowerCase() !== LIST.toLowerCase()) {
        return '0x';
      }
      const on = holders.some(
        holder => holder.slice(2).toLowerCase() === data.slice(-40)
      );
      return '0x' + (on ? '2' : '0').padStart(64, '0');
    }
  };
  return self as unknown as Reader & { n: number };
}

/** Rules as a DDO writes them, read as the market reads them. */
function rules(credentials: unknown): IAccessRules {
  return readAsset({
    id: 'did:op:' + '1'.repeat(64),
    nftAddress: LIST,
    chainId: 8996,
    credentials
  }).access;
}

const address = (...values: string[]): unknown => ({ type: 'address', values });
const list = (contract: string): unknown => ({
  type: 'accessList',
  chainId: 8996,
  accessList: contract
});

it('asks nothing where nobody is restricted', async () => {
  const reader = chain();
  expect(
    await mayConsume(reader, { access: NONE }, { access: NONE }, null)
  ).toEqual({ allowed: true, why: 'open' });
  expect(reader.n).toBe(0);
});

it.each([
  ['on the allow list', { allow: [address(ME)] }, true, 'listed'],
  ['whatever its case', { allow: [address(ME.toLowerCase())] }, true, 'listed'],
  ['everybody', { allow: [address('*')] }, true, 'listed'],
  ['not on it', { allow: [address(OTHER)] }, false, 'not-listed'],
  ['an empty rule', { allow: [address()] }, false, 'not-listed'],
  ['denied', { deny: [address(OTHER), address(ME)] }, false, 'denied'],
  [
    'denied comes first',
    { allow: [address(ME)], deny: [address(ME)] },
    false,
    'denied'
  ],
  ['another denied', { deny: [address(OTHER)] }, true, 'open'],
  [
    'all rules must allow',
    { allow: [address(ME), address(OTHER)] },
    false,
    'not-listed'
  ],
  [
    'any rule may allow',
    { match_allow: 'any', allow: [address(ME), address(OTHER)] },
    true,
    'listed'
  ],
  [
    'all rules must deny',
    { match_deny: 'all', deny: [address(ME), address(OTHER)] },
    true,
    'open'
  ],
  ['holds a token', { allow: [list(LIST)] }, true, 'listed'],
  ['no such contract', { allow: [list(OTHER)] }, false, 'not-listed'],
  ['no address', { allow: [list('<b>x')] }, false, 'not-listed'],
  ['denied by a token', { deny: [list(LIST)] }, false, 'denied'],
  [
    'a kind not known',
    { allow: [{ type: 'verifiableCredential' }] },
    null,
    'unknown-rule'
  ],
  [
    'a kind not known, and another that refuses',
    { allow: [{ type: 'x' }, address(OTHER)] },
    false,
    'not-listed'
  ],
  ['a kind not known denies nobody', { deny: [{ type: 'x' }] }, true, 'open']
])('%s', async (_, credentials, allowed, why) => {
  expect(
    await mayConsume(chain([ME]), { access: rules(credentials) }, null, ME)
  ).toMatchObject({ allowed, why });
});

it('needs a yes of the asset and of the service', async () => {
  const yes = { access: rules({ allow: [address(ME)] }) };
  const no = { access: rules({ deny: [address(ME)] }) };
  const reader = chain();
  expect(await mayConsume(reader, yes, no, ME)).toEqual({
    allowed: false,
    why: 'denied',
    of: 'service'
  });
  expect(await mayConsume(reader, no, yes, ME)).toMatchObject({ of: 'asset' });
  expect(await mayConsume(reader, yes, { access: NONE }, ME)).toEqual({
    allowed: true,
    why: 'listed',
    of: 'asset'
  });
});

it('does not guess for nobody, or when the chain is silent', async () => {
  const access = rules({ allow: [list(LIST)] });
  expect(await mayConsume(chain(), { access }, null, null)).toMatchObject({
    allowed: null,
    why: 'no-account'
  });
  expect(
    await mayConsume(chain([], 'fetch failed'), { access }, null, ME)
  ).toMatchObject({ allowed: null, why: 'unreadable' });
});

it('asks a chain for a few lists only', async () => {
  const values = Array.from(
    { length: 500 },
    (_, at) => '0x' + (at + 1).toString(16).padStart(40, '0')
  );
  const reader = chain();
  const access = rules({ allow: [{ type: 'accessList', values }] });
  expect(await mayConsume(reader, { access }, null, ME)).toMatchObject({
    allowed: null,
    why: 'unknown-rule'
  });
  expect(reader.n).toBe(20);
});
