/** @jest-environment node */
import { parseAddress } from '../address';
import { IpfsError } from '../errors';

const V0 = 'QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn';
const V1 = 'bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354';
const KEY = 'k51qzi5uqu5dkkciu33khkzbcmxtyhn376i1e83tya8kuy7z9euedzyr5nhoew';

test.each([
  [V1, `/ipfs/${V1}`, null],
  [` ${V0}\n`, `/ipfs/${V1}`, null],
  [`${V1}/a b/c.csv`, `/ipfs/${V1}/a b/c.csv`, 'c.csv'],
  [`/ipfs/${V0}/x/`, `/ipfs/${V1}/x`, 'x'],
  [`ipfs/${V1}`, `/ipfs/${V1}`, null],
  [`ipfs://${V1}/a%20b.txt?x#y`, `/ipfs/${V1}/a b.txt`, 'a b.txt'],
  [`IPFS://${V0}`, `/ipfs/${V1}`, null],
  [`ipns://${KEY}/data`, `/ipns/${KEY}/data`, 'data'],
  [KEY, `/ipns/${KEY}`, null],
  ['/ipns/docs.ipfs.tech/x', '/ipns/docs.ipfs.tech/x', 'x'],
  [`https://dweb.link/ipfs/${V1}?filename=iris.csv`, `/ipfs/${V1}`, 'iris.csv'],
  [`http://127.0.0.1:8080/ipfs/${V1}/100%25`, `/ipfs/${V1}/100%`, '100%'],
  [`https://${V1}.ipfs.dweb.link/a/b?download=true`, `/ipfs/${V1}/a/b`, 'b'],
  [`https://${KEY}.ipns.dweb.link/`, `/ipns/${KEY}`, null],
  [
    'https://en-wikipedia--on--ipfs-org.ipns.dweb.link/wiki',
    '/ipns/en.wikipedia-on-ipfs.org/wiki',
    'wiki'
  ]
])('%s', (text, path, name) => {
  expect(parseAddress(text)).toEqual({ path, name });
});

test.each([
  '',
  'hello',
  'https://example.org/file.csv',
  'ipfs://not-a-cid',
  `${V1}/../x`,
  `ipfs://${V1}/a%2Fb`,
  `/ipns/-bad-`,
  'javascript:alert(1)',
  `ftp://x/ipfs/${V1}`
])('refuses %j', text => {
  expect(() => parseAddress(text)).toThrow(IpfsError);
});
