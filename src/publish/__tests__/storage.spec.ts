/** @jest-environment node */
/** Where a publication is kept: everybody who was chosen, whatever happens. */
import { BlobContent } from '../../content';
import type { EngineKind, IAssetDraft } from '../../tokens';
import type { IPublishDeps } from '../context';
import type { PublishJob } from '../job';
import { Publisher } from '../publisher';
import { FakePins, FakeService } from './fakePinning';
import { FREE, PRICED, until, World } from './world';

const stages: Stage[] = [];

afterEach(() => {
  stages.splice(0).forEach(stage => {
    stage.pins.isOver = true;
  });
});

class Stage {
  world = new World();
  one = new FakeService('one');
  two = new FakeService('two');
  fetcher = new FakeService('fetcher', 'fetch');
  pins = new FakePins([this.one, this.two, this.fetcher]);
  engine: EngineKind = 'kubo';

  constructor(engine: EngineKind = 'kubo') {
    stages.push(this);
    this.engine = this.pins.engine = engine;
    this.pins.here = cid => this.world.pinned.has(cid);
  }

  deps(): IPublishDeps & { pinning: NonNullable<IPublishDeps['pinning']> } {
    const deps = this.world.deps();
    const kind = () => this.engine;
    return {
      ...deps,
      pinning: this.pins.open(),
      ipfs: {
        ...deps.ipfs,
        engine: {
          get kind() {
            return kind();
          }
        }
      }
    };
  }

  async publish(
    storage: string[] | undefined,
    o: { deps?: IPublishDeps; draft?: IAssetDraft } = {}
  ): Promise<{ publisher: Publisher; job: PublishJob }> {
    const publisher = new Publisher(o.deps ?? this.deps());
    const job = await publisher.publish(
      [new BlobContent({ name: 'iris.csv', data: 'a,b\n1,2\n' })],
      { ...(o.draft ?? FREE), ...(storage ? { storage } : {}) }
    );
    return { publisher, job };
  }
}

const paused = (job: PublishJob): Promise<void> =>
  until(`paused, not ${job.status}`, () => job.status === 'paused');

const kept = (job: PublishJob): (string | undefined)[] | undefined =>
  job.steps
    .find(({ id }) => id === 'pin')
    ?.keepers?.map(({ id, state }) => `${id} ${state}`);

describe('who was chosen', () => {
  it('keeps it, and is asked before anything is paid', async () => {
    const stage = new Stage();
    const { job } = await stage.publish(['service:one', 'service:two']);
    const result = (await job.finished)!;
    expect([...stage.one.has]).toEqual([result.cid]);
    expect([...stage.two.has]).toEqual([result.cid]);
    expect(stage.fetcher.asked).toEqual([]);
    expect(kept(job)).toEqual([
      'node has',
      'service:one has',
      'service:two has'
    ]);
  });

  it('is nobody by default: no other room is loaded, the node is asked', async () => {
    const stage = new Stage();
    const { job } = await stage.publish(undefined);
    expect(await job.finished).not.toBeNull();
    expect(stage.pins.loads).toBe(0);
    expect(kept(job)).toEqual(['node has']);
  });

  it.each([
    ['kubo', 'service:nobody', 'unknown-storage'],
    ['browser', 'service:fetcher', 'page-only']
  ] as const)('%s: %s is refused before anything', async (engine, id, code) => {
    const stage = new Stage(engine);
    const publisher = new Publisher(stage.deps());
    await expect(
      publisher.publish([new BlobContent({ name: 'a', data: 'a' })], {
        ...FREE,
        storage: ['service:one', id]
      })
    ).rejects.toMatchObject({ name: 'PublishError', code });
    expect(publisher.jobs).toEqual([]);
    expect(stage.world.blocks.size).toBe(0);
    expect(stage.one.asked).toEqual([]);
  });

  it('is refused where there is nobody to choose from', async () => {
    const stage = new Stage();
    await expect(
      stage.publish(['service:one'], {
        deps: { ...stage.deps(), pinning: null }
      })
    ).rejects.toMatchObject({ code: 'unknown-storage' });
  });
});

describe('what only a page has', () => {
  it.each([undefined, ['node'], []])('is not published (%p)', async storage => {
    const stage = new Stage('browser');
    const { job } = await stage.publish(storage);
    await paused(job);
    expect(job.problem).toMatchObject({ code: 'only-here', paid: false });
    expect(stage.world.wallet.shown).toEqual([]);
  });

  it.each([FREE, PRICED])('is published once somebody has it', async draft => {
    const stage = new Stage('browser');
    const { job } = await stage.publish(['service:one'], { draft });
    const result = (await job.finished)!;
    expect([...stage.one.has]).toEqual([result.cid]);
    expect(kept(job)).toEqual(['page has', 'service:one has']);
    expect(stage.world.asked).toHaveLength(1);
  });

  it('is published where that was said, and no node is asked to read it', async () => {
    const stage = new Stage('browser');
    stage.world.nodeBlind = true;
    const { job } = await stage.publish(['page']);
    expect(await job.finished).not.toBeNull();
    expect(stage.world.asked).toEqual([]);
    expect(job.steps.find(({ id }) => id === 'reachable')?.state).toBe(
      'skipped'
    );
    expect(kept(job)).toEqual(['page has']);
  });

  it('is not left to the page when its only keeper fails', async () => {
    const stage = new Stage('browser');
    stage.one.refuses = true;
    const { job } = await stage.publish(['service:one']);
    await paused(job);
    expect(job.problem).toMatchObject({ code: 'storage-failed', paid: false });
    await expect(job.goOnWithout('service:one')).rejects.toMatchObject({
      code: 'no-other-holder'
    });
    expect(stage.world.wallet.shown).toEqual([]);
    stage.one.refuses = false;
    job.resume();
    expect(await job.finished).not.toBeNull();
  });
});

describe('somebody who does not keep it', () => {
  it.each([
    ['is down', 'unreachable', { down: true }, { down: false }],
    ['refuses', 'refused', { refuses: true }, { refuses: false }],
    [
      'says it has it, and has not',
      'not-there',
      { lies: true },
      { lies: false }
    ],
    ['was not agreed to', 'cancelled', { agrees: false }, { agrees: true }]
  ] as const)('%s: told, and tried again', async (_, code, bad, good) => {
    const stage = new Stage();
    const { publisher, job } = await (async () => {
      const made = stage.publish(['service:one', 'service:two']);
      Object.assign(stage.two, bad);
      return made;
    })();
    await paused(job);
    expect(job.problem).toMatchObject({ code: 'storage-failed', paid: false });
    expect(
      job.record.keepers?.map(({ trouble }) => trouble?.code ?? null)
    ).toEqual([null, code]);
    expect(stage.world.wallet.shown).toEqual([]);
    // It is known after a reload, too.
    publisher.dispose();
    Object.assign(stage.two, good);
    if ('lies' in bad) {
      stage.pins.records.clear();
    }
    const again = await new Publisher(stage.deps()).resume(job.id);
    const result = (await again!.finished)!;
    expect(stage.one.asked).toEqual([result.cid]);
    expect(stage.two.has.has(result.cid)).toBe(true);
    expect(again!.record.keepers?.every(({ trouble }) => !trouble)).toBe(true);
  });

  it('is left out where somebody else has it', async () => {
    const stage = new Stage();
    stage.two.refuses = true;
    const { job } = await stage.publish(['service:two']);
    await paused(job);
    await job.goOnWithout('service:two');
    expect(job.status).toBe('done');
    expect(kept(job)).toEqual(['node has']);
  });

  it('takes long: it is shown, paused, and left out', async () => {
    const stage = new Stage();
    stage.two.slow = true;
    const { job } = await stage.publish(['service:one', 'service:two']);
    await until('one pinned, two queued', () =>
      (kept(job) ?? []).join().includes('service:two queued')
    );
    await until('one is known', () => job.record.keepers?.[0].pinned === true);
    job.pause();
    await paused(job);
    expect(job.problem?.code).toBe('paused-by-person');
    expect(job.record.keepers?.[1].trouble).toBeUndefined();
    await job.goOnWithout('service:two');
    expect(job.status).toBe('done');
  });

  it('lost it before the mint: nothing is paid, and it is kept again', async () => {
    const stage = new Stage('browser');
    stage.world.wallet.script = ['approve', 'open'];
    const { job } = await stage.publish(['service:one']);
    await until(
      'second signature',
      () => stage.world.wallet.shown.length === 2
    );
    stage.one.has.clear();
    stage.pins.records.clear();
    await stage.world.wallet.answerOpen();
    await paused(job);
    expect(job.problem).toMatchObject({ code: 'not-kept', paid: false });
    expect(stage.world.wallet.shown).toHaveLength(2);
    job.resume();
    const result = (await job.finished)!;
    expect(stage.one.has.has(result.cid)).toBe(true);
  });
});

describe('sealed a second time', () => {
  /** The key and the CIDs that the node was given, and what the service has. */
  const told = (job: PublishJob) => {
    const { files } = JSON.parse(
      Buffer.from(job.record.files1!.data.slice(2), 'hex').toString()
    ) as { files: { hash?: string; url?: string }[] };
    const [, key, cid] = /k=([0-9a-f]+)&c=(.*)$/.exec(files.at(-1)!.url!)!;
    return { stored: files[0].hash!, key: Buffer.from(key, 'hex'), cid };
  };

  it.each([1, 2])(
    'what is published opens with the key of the last sealing (%i)',
    async nth => {
      const stage = new Stage();
      const deps = stage.deps();
      const add = deps.ipfs.pins.add.bind(deps.ipfs.pins);
      let pins = 0;
      deps.ipfs.pins.add = async (cid, o) => {
        if (++pins === nth) {
          stage.world.pinned.delete(cid);
          throw new Error('block was not found locally');
        }
        return add(cid, o);
      };
      // Two signatures, and then nobody has it any more: kept again, or sealed.
      stage.world.wallet.script = ['approve', 'open'];
      const { job } = await stage.publish(['service:one'], {
        deps,
        draft: PRICED
      });
      if (nth === 1) {
        await paused(job);
        expect(job.problem?.code).toBe('pin-failed');
        job.resume();
      }
      await until('second', () => stage.world.wallet.shown.length === 2);
      stage.world.pinned.clear();
      stage.one.has.clear();
      await stage.world.wallet.answerOpen();
      await paused(job);
      expect(job.problem).toMatchObject({ code: 'not-kept', paid: false });
      const first = job.record.root!.cid;
      job.resume();
      if (nth === 2) {
        await until('paused', () => job.problem?.code === 'pin-failed');
        job.resume();
      }
      const result = (await job.finished)!;
      expect(result.cid).not.toBe(first);
      const { stored, key, cid } = told(job);
      expect({ stored, cid }).toEqual({ stored: result.cid, cid: result.cid });
      const opened = stage.world.blocks
        .get(stored)!
        .map((byte, i) => byte ^ key[i % 32]);
      expect(Buffer.from(opened).toString()).toBe('a,b\n1,2\n');
      expect([...stage.one.has]).toEqual([result.cid]);
      expect([...stage.world.pinned]).toEqual([result.cid]);
    }
  );
});

describe('giving it up', () => {
  const stop = async (stage: Stage, storage: string[]) => {
    stage.world.wallet.script = ['reject'];
    const { job } = await stage.publish(storage);
    await paused(job);
    expect(job.problem?.code).toBe('prompt-rejected');
    return job;
  };

  it('takes back what the job had kept, and only that', async () => {
    const stage = new Stage();
    const first = await stop(stage, ['service:one']);
    const cid = first.record.root!.cid;
    stage.two.has.add(cid);
    await first.cancel();
    expect(stage.one.has.size).toBe(0);
    expect(first.record.remains).toEqual(['copies']);

    const job = await stop(stage, ['service:one', 'service:two']);
    await job.cancel();
    expect([stage.one.has.size, stage.two.has.size]).toEqual([0, 1]);
    expect(job.record.keepers?.map(({ left }) => left)).toEqual([
      undefined,
      undefined
    ]);
  });

  it('says what may remain', async () => {
    const stage = new Stage();
    const job = await stop(stage, ['service:one', 'service:two']);
    stage.one.down = true;
    stage.two.agrees = false;
    await job.cancel();
    expect(job.status).toBe('cancelled');
    expect(job.record.keepers?.map(({ left }) => left)).toEqual([
      'asked',
      'kept'
    ]);
  });
});

describe('a reload', () => {
  const points = (['pin', 'settled', 'holders'] as const).flatMap(call =>
    (['before', 'after'] as const).flatMap(when =>
      (call === 'holders' ? [1, 2] : [1, 2]).map(
        nth => [when, nth, call] as const
      )
    )
  );

  it.each(
    points.flatMap(point =>
      (['kubo', 'browser'] as const).map(engine => [...point, engine] as const)
    )
  )('%s call %i of %s, in %s', async (when, nth, call, engine) => {
    const stage = new Stage(engine);
    const deps = stage.deps();
    const { pinning } = deps;
    let calls = 0;
    let crashed = false;
    const real = (
      pinning[call] as (...args: unknown[]) => Promise<unknown>
    ).bind(pinning);
    Object.assign(pinning, {
      [call]: async (...args: unknown[]) => {
        const isIt = ++calls === nth;
        const hang = (): Promise<never> => {
          crashed = true;
          return new Promise(() => undefined);
        };
        if (isIt && when === 'before') {
          return hang();
        }
        const result = await real(...args);
        return isIt ? hang() : result;
      }
    });
    const { publisher, job } = await stage.publish(
      ['service:one', 'service:two'],
      { deps, draft: PRICED }
    );
    await until('the accident', () => crashed);
    publisher.dispose();
    const next = new Publisher(stage.deps());
    await next.load();
    const again = next.jobs.find(({ id }) => id === job.id)!;
    expect(again.problem?.code).toBe('reloaded');
    again.resume();
    const result = (await again.finished)!;
    expect(stage.one.asked).toEqual([result.cid]);
    expect(stage.two.asked).toEqual([result.cid]);
    // What the job itself had asked for counts as its own.
    expect(again.record.keepers?.map(({ hadBefore }) => hadBefore)).toEqual([
      false,
      false
    ]);
    expect(stage.world.chain.mints).toHaveLength(1);
  });
});
