/** @jest-environment node */
import 'fake-indexeddb/auto';
import { randomBytes } from 'crypto';

import { Journal } from '../journal';
import type { IJobRecord } from '../record';
import { FREE } from './world';

const record = (id: string, created = '2026-01-01T00:00:00Z'): IJobRecord => ({
  v: 1,
  id,
  created,
  draft: FREE,
  account: '0x1',
  chainId: 1,
  node: 'http://node',
  sealed: false,
  members: [],
  files: [],
  status: 'running',
  problem: null,
  done: [],
  takeOffDrive: [],
  prompts: 0
});

let name: string;
let journal: Journal;

beforeEach(() => {
  name = `journal-${randomBytes(6).toString('hex')}`;
  journal = new Journal(name);
});

describe('the journal', () => {
  it('writes with strict durability', async () => {
    const modes: (string | undefined)[] = [];
    const transaction = IDBDatabase.prototype.transaction;
    const spy = jest
      .spyOn(IDBDatabase.prototype, 'transaction')
      .mockImplementation(function (this: IDBDatabase, stores, mode, o) {
        if (mode === 'readwrite') {
          modes.push(o?.durability);
        }
        return transaction.call(this, stores, mode, o);
      });
    await journal.write(record('a'));
    await journal.keep('a', 'x', new Blob(['x']));
    await journal.drop('a');
    await journal.remove('a');
    spy.mockRestore();
    expect(modes).toEqual(['strict', 'strict', 'strict', 'strict']);
  });

  it('lists oldest first and removes a job with its bytes only', async () => {
    await journal.write(record('b', '2026-02-01T00:00:00Z'));
    await journal.write(record('a', '2026-03-01T00:00:00Z'));
    await journal.keep('a', 'content/0', new Blob(['mine']));
    await journal.keep('ab', 'content/0', new Blob(['other']));
    expect((await journal.list()).map(({ id }) => id)).toEqual(['b', 'a']);
    await journal.remove('a');
    expect(await journal.kept('a', 'content/0')).toBeUndefined();
    expect(await (await journal.kept('ab', 'content/0'))!.text()).toBe('other');
  });

  it('drops bytes by prefix', async () => {
    await journal.keep('a', 'sealed/0', new Blob(['s']));
    await journal.keep('a', 'content/0', new Blob(['c']));
    await journal.drop('a', 'sealed/');
    expect(await journal.kept('a', 'sealed/0')).toBeUndefined();
    expect(await journal.kept('a', 'content/0')).toBeDefined();
  });

  it('keeps a secret so that only this browser and this job can read it', async () => {
    const secret = Uint8Array.from(randomBytes(32));
    const wrapped = await journal.wrap('a', secret);
    expect(Buffer.from(wrapped.data).includes(Buffer.from(secret))).toBe(false);
    await journal.close();
    const later = new Journal(name);
    expect(Buffer.from(await later.unwrap('a', wrapped))).toEqual(
      Buffer.from(secret)
    );
    await expect(later.unwrap('b', wrapped)).rejects.toMatchObject({
      code: 'key-lost'
    });
    await expect(
      new Journal(`${name}-elsewhere`).unwrap('a', wrapped)
    ).rejects.toMatchObject({ code: 'key-lost' });
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const key = await new Promise<CryptoKey>(resolve => {
      const request = db.transaction('keys').objectStore('keys').getAll();
      request.onsuccess = () => resolve(request.result[0]);
    });
    db.close();
    await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow();
  });

  it('says quota when it is the quota', async () => {
    const put = jest
      .spyOn(IDBObjectStore.prototype, 'put')
      .mockImplementation(() => {
        throw new DOMException('full', 'QuotaExceededError');
      });
    await expect(journal.write(record('a'))).rejects.toMatchObject({
      code: 'quota-exceeded'
    });
    put.mockRestore();
    // Nothing is broken by it.
    await journal.write(record('a'));
    expect((await journal.read('a'))!.id).toBe('a');
  });

  it('reads the database of a newer version', async () => {
    await journal.write(record('a'));
    await journal.close();
    await new Promise<void>((resolve, reject) => {
      const request = indexedDB.open(name, 7);
      request.onupgradeneeded = () => {
        request.result.createObjectStore('more');
      };
      request.onsuccess = () => {
        request.result.close();
        resolve();
      };
      request.onerror = () => reject(request.error);
    });
    expect((await new Journal(name).read('a'))!.id).toBe('a');
  });
});
