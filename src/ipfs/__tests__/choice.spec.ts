/** @jest-environment node */
/** Which files a person finds on the drive: never others than before, unasked. */
import { Signal } from '@lumino/signaling';

import { BlobContent } from '../../content';
import type { EngineKind, IIpfsEngine, IIpfsStatus } from '../../tokens';
import { type EngineMode, Engines, type IKubo } from '../choice';
import { DeferredEngine } from '../deferred';
import { Ipfs } from '../service';
import { Profile } from './pageStores';

/** A Kubo that only answers whether it is there. */
class Kubo {
  constructor(
    public up: boolean,
    readonly named: boolean
  ) {}

  readonly kind = 'kubo' as const;
  status: IIpfsStatus = { state: 'unknown', endpoint: 'kubo', managed: false };
  statusChanged = new Signal<IIpfsEngine, IIpfsStatus>(
    this as unknown as IIpfsEngine
  );
  asked = 0;

  async answers(): Promise<boolean> {
    this.asked++;
    return this.up;
  }

  async refresh(): Promise<IIpfsStatus> {
    this.status = { ...this.status, state: this.up ? 'online' : 'offline' };
    this.statusChanged.emit(this.status);
    return this.status;
  }
}

interface IStart {
  up?: boolean;
  named?: boolean;
  mode?: EngineMode;
  last?: EngineKind | null;
  profile?: Profile;
  openable?: boolean;
}

function start(o: IStart = {}) {
  const kubo = new Kubo(o.up ?? false, o.named ?? false);
  const memory = { last: o.last ?? null };
  const profile = o.profile ?? new Profile();
  const engines = new Engines({
    kubo: kubo as unknown as IKubo,
    openBrowser: async () => {
      if (o.openable === false) {
        throw new Error('no place');
      }
      return profile.tab();
    },
    mode: async () => o.mode ?? 'auto',
    memory
  });
  const ipfs = new Ipfs(new DeferredEngine(() => engines.choose()), engines);
  engines.ipfs = ipfs;
  return { kubo, memory, engines, ipfs, profile };
}

async function withFile(): Promise<Profile> {
  const profile = new Profile();
  const tab = profile.tab();
  const content = new BlobContent({ name: 'a', data: 'a' });
  await tab.files.write('/a.txt', content);
  await tab.dispose();
  return profile;
}

let warn: jest.SpyInstance;
beforeEach(() => {
  warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterEach(() => warn.mockRestore());

test.each<[string, IStart, EngineKind]>([
  ['nothing was used before and no Kubo answers', {}, 'browser'],
  ['nothing was used before and a Kubo answers', { up: true }, 'kubo'],
  ['a Kubo was used before and is away', { last: 'kubo' }, 'kubo'],
  [
    'the page was used, and holds nothing',
    { last: 'browser', up: true },
    'kubo'
  ],
  ['the person named an address where none answers', { named: true }, 'kubo'],
  ['the settings want a Kubo', { mode: 'kubo' }, 'kubo'],
  ['the settings want the page', { mode: 'browser', up: true }, 'browser'],
  ['the browser gives the page no place', { openable: false }, 'kubo']
])('when %s', async (_, o, kind) => {
  const { ipfs } = start(o);
  // Whatever comes first makes the choice.
  await ipfs.refresh();
  expect(ipfs.engine.kind).toBe(kind);
});

test('files of the page stay in sight when a Kubo comes, which is offered', async () => {
  const { ipfs, engines, kubo, memory } = start({
    last: 'browser',
    up: true,
    profile: await withFile()
  });
  expect(await ipfs.files.ls('/')).toHaveLength(1);
  expect(ipfs.engine.kind).toBe('browser');
  expect(engines.found).toBeNull();
  let told = 0;
  ipfs.statusChanged.connect(() => told++);
  await engines.lookAround();
  expect(engines.found).toMatchObject({ endpoint: 'kubo' });
  expect(told).toBeGreaterThan(0);
  // Not asked again and again.
  const { asked } = kubo;
  await engines.lookAround();
  expect(kubo.asked).toBe(asked);

  await engines.use('kubo');
  expect(ipfs.engine.kind).toBe('kubo');
  expect(engines.found).toBeNull();
  expect(memory.last).toBe('kubo');
});

test('a Kubo that goes away is not replaced unasked', async () => {
  const { ipfs, engines, kubo, memory } = start({ up: true });
  await ipfs.refresh();
  expect(memory.last).toBe('kubo');
  kubo.up = false;
  expect((await ipfs.refresh()).state).toBe('offline');
  expect(ipfs.engine.kind).toBe('kubo');
  await engines.use('browser');
  expect(ipfs.status.state).toBe('online');
  expect(await ipfs.files.ls('/')).toEqual([]);
});

test('what is asked before the choice is made is answered after it', async () => {
  const { ipfs } = start({ profile: await withFile() });
  const early = ipfs.engine;
  const { cid } = await early.files.stat('/a.txt');
  const parts: Uint8Array[] = [];
  for await (const part of early.cat(cid)) {
    parts.push(part);
  }
  expect(String(Buffer.concat(parts))).toBe('a');
  expect(ipfs.engine).not.toBe(early);
});
