/** @jest-environment node */
/** Code says "(checked)" of the bytes that were checked, and of no others. */
import type { Contents } from '@jupyterlab/services';

import { PurchaseRecords } from '../records';
import { MarketSession, type ISessionDeps } from '../session';
import { DID, FakeChain, memoryStore } from './fakes';

const PATH = 'downloads/x.csv';
const FILE = { type: 'file', size: 3, last_modified: '2026-12-01T00:00:00Z' };

/** The session of a browser that downloaded a file before, from server `at`. */
function sessionOf(file: object | null, at = 'here'): MarketSession {
  const records = new PurchaseRecords(memoryStore());
  records.setDownloaded({
    did: DID,
    path: PATH,
    cid: 'bafkx',
    verified: true,
    folder: false,
    mediaType: 'text/csv',
    size: 3,
    root: 'here',
    stamp: `${FILE.size} ${FILE.last_modified}`
  });
  const contents = {
    driveName: () => '',
    localPath: (path: string) => path,
    get: async () => {
      if (!file) {
        throw Object.assign(new Error('404'), { response: { status: 404 } });
      }
      return file;
    }
  } as unknown as Contents.IManager;
  const session = new MarketSession({
    contents,
    records,
    root: at,
    wallet: new FakeChain().wallet,
    store: memoryStore()
  } as unknown as ISessionDeps);
  // It is not downloaded in these tests.
  session.download = async () => null;
  return session;
}

const codeOf = (session: MarketSession): Promise<string | null> =>
  session.code(DID, 'a.ipynb');

it('of what lies there as it was saved', async () => {
  expect(await codeOf(sessionOf(FILE))).toContain('# CID bafkx (checked)');
});

it.each([
  ['is of another size', { ...FILE, size: 4 }],
  ['was written later', { ...FILE, last_modified: '2026-12-02T00:00:00Z' }]
])('not of a file that %s', async (_, file) => {
  const code = await codeOf(sessionOf(file));
  expect(code).toContain('downloads/x.csv');
  expect(code).not.toContain('checked');
  expect(code).not.toContain('CID');
});

it('downloads anew what is gone, or lies on another server', async () => {
  expect(await codeOf(sessionOf(null))).toBeNull();
  expect(await codeOf(sessionOf(FILE, 'elsewhere'))).toBeNull();
});
