/** @jest-environment node */
import {
  BlobContent,
  FetchContent,
  type IContent,
  type IContentSource
} from '../../content';
import { FileHasher } from '../../ipfs/fileTree';
import type { IAssetDraft } from '../../tokens';
import type { PublishError } from '../errors';
import { scanContents } from '../guardScan';
import type { PublishJob } from '../job';
import { Journal } from '../journal';
import { Publisher } from '../publisher';
import { BOB, FREE, PRICED, until, World } from './world';

const csv = (text = 'a,b\n1,2\n', name = 'iris.csv'): BlobContent =>
  new BlobContent({ name, data: text, mediaType: 'text/csv' });

async function start(
  world: World,
  draft: IAssetDraft = FREE,
  contents: IContent[] = [csv()]
): Promise<{ publisher: Publisher; job: PublishJob }> {
  const publisher = new Publisher(world.deps());
  return { publisher, job: await publisher.publish(contents, draft) };
}

const paused = (job: PublishJob, code: string): Promise<void> =>
  until(
    `paused with ${code}, is ${job.status} ${job.problem?.code} ${job.problem?.message}`,
    () => job.status === 'paused' && job.problem?.code === code
  );

// Two cores may be shared with a build.
jest.setTimeout(20_000);

describe('a publish job', () => {
  it('publishes a free file with four prompts and lets go of its bytes', async () => {
    const world = new World();
    const { job } = await start(world);
    const result = await job.finished;
    expect(result).toMatchObject({
      did: expect.stringMatching(/^did:op:/),
      nftAddress: world.chain.mints[0].nft
    });
    expect(world.pinned.has(result!.cid)).toBe(true);
    expect(world.wallet.shown).toEqual([
      'personal_sign',
      'personal_sign',
      'eth_sendTransaction',
      'eth_sendTransaction'
    ]);
    expect(
      await new Journal(world.database).kept(job.id, 'content/0')
    ).toBeUndefined();
    expect(job.steps.find(step => step.id === 'seal')!.state).toBe('skipped');
  });

  it('never adds priced content in the clear, and forgets the key', async () => {
    const world = new World();
    const { job } = await start(world, PRICED, [
      csv('secret words'),
      csv('more secret', 'b.csv')
    ]);
    await job.finished;
    expect(world.clearAdds.length).toBe(2);
    expect(world.clearAdds.join()).not.toContain('secret');
    const record = await new Journal(world.database).read(job.id);
    expect(record!.wrappedKey).toBeUndefined();
    const text = Buffer.from(record!.files1!.data.slice(2), 'hex').toString();
    expect(JSON.parse(text).files.at(-1).url).toMatch(
      /^data:,\?k=[0-9a-f]{64}&c=bafyroot/
    );
  });

  it.each([FREE, PRICED])(
    'what was changed since it was looked through is not published',
    async draft => {
      const world = new World();
      let text = 'a,b\n1,2\n';
      const file = new FetchContent({
        name: 'a.csv',
        fetch: async () => new Response(text),
        source: { kind: 'file', path: 'a.csv' }
      });
      await scanContents([file]);
      text = 'a,b\n1,3\n';
      const { job } = await start(world, draft, [file]);
      await paused(job, 'content-changed');
      expect(world.pinned.size).toBe(0);
      expect(world.clearAdds.join()).not.toContain('1,3');
      expect(job.problem?.paid).toBe(false);
      // As it was, it goes; a tail that came later does not.
      text = 'a,b\n1,2\n3,4\n';
      job.resume();
      await paused(job, 'content-changed');
      text = 'a,b\n1,2\n';
      job.resume();
      expect(await job.finished).not.toBeNull();
    }
  );

  it('of what is long its beginning counts, which was looked through', async () => {
    const world = new World();
    const text = 'a,b\n'.repeat(1000);
    const file = csv(text);
    await scanContents([file], { cap: 100 });
    const { job } = await start(world, PRICED, [file]);
    expect(await job.finished).not.toBeNull();
  });

  it('is not sold once it was published in the clear, whatever its size', async () => {
    const world = new World();
    const bytes = new TextEncoder().encode('a,b\n1,2\n');
    const hasher = new FileHasher();
    await hasher.write(bytes);
    const cid = (await hasher.end()).cid.toString();
    const { job: free } = await start(world);
    await free.finished;
    const journal = new Journal(world.database);
    const record = (await journal.read(free.id))!;
    // The fake node has CIDs of its own.
    record.files[0].stored!.cid = cid;
    await journal.write(record);
    const pinned = world.pinned.size;
    const { job } = await start(world, PRICED);
    await paused(job, 'already-public');
    expect(world.pinned.size).toBe(pinned);
  });

  it('takes off the drive what it can; the asset is published all the same', async () => {
    const world = new World();
    const here = new Set(['ipfs:a', 'ipfs:b', 'ipfs:c']);
    let isFull = true;
    const deps = {
      ...world.deps(),
      takeOffDrive: async (path: string) => {
        if (path === 'ipfs:b' && isFull) {
          throw new Error('no room left');
        }
        here.delete(path);
      }
    };
    const publisher = new Publisher(deps);
    const job = await publisher.publish([csv()], PRICED, {
      takeOffDrive: [...here]
    });
    expect(await job.finished).not.toBeNull();
    expect([...here]).toEqual(['ipfs:b']);
    expect(await new Journal(world.database).read(job.id)).toMatchObject({
      status: 'done',
      takeOffDrive: ['ipfs:b'],
      takeOffTrouble: 'no room left'
    });
    isFull = false;
    job.resume();
    await until(
      'taken off',
      () => !job.record.takeOffDrive.length && job.status === 'done'
    );
    expect(here.size).toBe(0);
    expect(job.record.takeOffTrouble).toBeUndefined();
  });

  it('puts more than 50 files into one zip, the same at each try', async () => {
    const many = (): IContent[] =>
      Array.from({ length: 51 }, (_, i) => csv(`${i}`, `d/${i}.csv`));
    const world = new World();
    const first = await (await start(world, FREE, many())).job.finished;
    const second = await (await start(world, FREE, many())).job.finished;
    expect(second!.cid).toBe(first!.cid);
    expect(
      world.blocks.get(first!.cid)!.subarray(0, 4).toString('latin1')
    ).toBe('PK\x03\x04');
  });

  it('stops before anything is paid when the node refuses the DDO', async () => {
    const world = new World();
    world.ddoRefused = ['name is bad'];
    const { job } = await start(world);
    await paused(job, 'node-refused-ddo');
    expect(job.problem).toMatchObject({ message: 'name is bad', paid: false });
    expect(world.chain.txs).toEqual([]);
  });

  it('stops before anything is paid when the node cannot see the content', async () => {
    const world = new World();
    world.nodeBlind = true;
    const { job } = await start(world);
    await paused(job, 'node-cannot-see');
    expect(world.wallet.shown).toEqual([]);
    world.nodeBlind = false;
    job.resume();
    expect(await job.finished).not.toBeNull();
  });

  const folder = (count: number): IContent[] =>
    Array.from({ length: count }, (_, i) => csv(`${i}`, `d/${i}.csv`));

  it('goes slowly where the node says too many requests', async () => {
    const world = new World();
    world.nodeAnswers = 30;
    const { job } = await start(world, FREE, folder(40));
    const told = new Set<string>();
    job.changed.connect(() => {
      const step = job.steps.find(({ state }) => state === 'running');
      if (step?.detail === 'node-busy') {
        told.add(`${step.id} ${step.progress}`);
      }
    });
    expect(await job.finished).not.toBeNull();
    // Told how far it is, and each file looked at once.
    expect([...told]).toEqual(['reachable 0.75']);
    expect(world.asked).toHaveLength(40);
    expect(new Set(world.asked).size).toBe(40);
  });

  it('has a busy node look at no file twice, not even after a reload', async () => {
    const world = new World();
    world.nodeAnswers = 30;
    world.nodeAnswersNext = 0;
    const { job, publisher } = await start(world, FREE, folder(40));
    await paused(job, 'node-busy');
    expect(job.problem!.paid).toBe(false);
    expect(world.asked).toHaveLength(30);
    publisher.dispose();

    const after = new Publisher(world.deps());
    await after.load();
    world.nodeAnswers = Infinity;
    const again = await after.resume(job.id);
    expect(await again!.finished).not.toBeNull();
    expect(world.asked).toHaveLength(40);
    expect(new Set(world.asked).size).toBe(40);
  });

  it('takes a refusal as an answer and asks again only when told to', async () => {
    const world = new World();
    world.wallet.script = ['approve', 'approve', 'reject'];
    const { job } = await start(world);
    await paused(job, 'prompt-rejected');
    expect(job.problem!.paid).toBe(false);
    expect(world.wallet.shown.length).toBe(3);
    job.resume();
    await job.finished;
    expect(world.chain.mints.length).toBe(1);
    expect(world.wallet.approved).toBe(4);
  });

  it('does not ask for a mint whose cost would be lost', async () => {
    const world = new World();
    world.chain.willRevert = true;
    const { job } = await start(world);
    await paused(job, 'would-revert');
    expect(world.wallet.shown).toEqual(['personal_sign', 'personal_sign']);
  });

  it('asks nothing of the wrong account or chain', async () => {
    const world = new World();
    world.nodeBlind = true;
    const { job } = await start(world);
    await paused(job, 'node-cannot-see');
    world.nodeBlind = false;
    world.wallet.account = BOB;
    job.resume();
    await paused(job, 'account-changed');
    world.wallet.account = job.record.account;
    world.wallet.chainId = 1;
    job.resume();
    await paused(job, 'chain-changed');
    world.wallet.chainId = job.record.chainId;
    world.wallet.connected = false;
    job.resume();
    await paused(job, 'wallet-disconnected');
    expect(world.wallet.shown).toEqual([]);
    world.wallet.connected = true;
    job.resume();
    await job.finished;
    expect(world.wallet.shown.length).toBe(4);
  });

  it('uses a signature again when the node went down after it', async () => {
    const world = new World();
    world.wallet.beforePrompt = async () => {
      world.nodeDown = true;
    };
    const { job } = await start(world);
    await paused(job, 'node-unreachable');
    world.wallet.beforePrompt = null;
    world.nodeDown = false;
    job.resume();
    await job.finished;
    expect(world.wallet.shown.length).toBe(4);
  });

  it('encrypts again when somebody else minted first: two more signatures', async () => {
    const world = new World();
    world.wallet.beforePrompt = async method => {
      if (method === 'eth_sendTransaction' && world.chain.mints.length === 0) {
        world.chain.otherMint();
      }
    };
    const { job } = await start(world, PRICED);
    const result = await job.finished;
    expect(result!.nftAddress).toBe(world.chain.mints[1].nft);
    expect(world.chain.metadata[0].nft).toBe(result!.nftAddress);
    expect(job.prompts).toEqual({ done: 6, total: 6 });
    const { record } = job;
    expect(record.files1!.nft).toBe(result!.nftAddress);
    expect(record.wrappedKey).toBeUndefined();
  });

  it('shows a full disk as what it is', async () => {
    const world = new World();
    const deps = world.deps();
    deps.journal.keep = async () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    const failing = new Publisher({ ...deps, journal: deps.journal });
    await expect(failing.publish([csv()], FREE)).rejects.toThrow('full');
    expect(await new Journal(world.database).list()).toEqual([]);
  });

  it('is driven by one tab only', async () => {
    const world = new World();
    world.wallet.script = ['open'];
    const { job } = await start(world);
    await until('prompt', () => world.wallet.shown.length === 1);
    const other = new Publisher(world.deps());
    const twin = await other.resume(job.id);
    await paused(twin!, 'other-tab');
    expect(world.wallet.shown.length).toBe(1);
    await world.wallet.answerOpen();
    await job.finished;
    twin!.resume();
    expect(await twin!.finished).toEqual(job.result);
    expect(world.chain.mints.length).toBe(1);
  });

  it('leaves a record of a newer version alone', async () => {
    const world = new World();
    world.nodeBlind = true;
    const { job, publisher } = await start(world);
    await paused(job, 'node-cannot-see');
    publisher.dispose();
    const journal = new Journal(world.database);
    const newer = { ...(await journal.read(job.id))!, v: 99 };
    await journal.write(newer);
    const next = new Publisher(world.deps());
    const twin = await next.resume(job.id);
    await paused(twin!, 'newer-version');
    expect(await journal.read(job.id)).toEqual(newer);
  });

  it('cancels: the pin goes, unless it was there before', async () => {
    for (const before of [false, true]) {
      const world = new World();
      world.nodeBlind = true;
      const { job } = await start(world);
      await until('added', () => !!job.record.root);
      if (before) {
        const cid = job.record.root!.cid;
        await paused(job, 'node-cannot-see');
        const again = await start(world);
        await paused(again.job, 'node-cannot-see');
        await again.job.cancel();
        expect(world.pinned.has(cid)).toBe(true);
        expect(again.job.record.remains).toEqual(['copies', 'pin-kept']);
      }
      await paused(job, 'node-cannot-see');
      await job.cancel();
      expect(await job.finished).toBeNull();
      expect(world.pinned.size).toBe(0);
      expect(job.record.remains).toEqual(['copies']);
    }
  });

  it('does not cancel what is minted', async () => {
    const world = new World();
    world.wallet.script = ['approve', 'approve', 'approve', 'reject'];
    const { job } = await start(world);
    await paused(job, 'prompt-rejected');
    expect(job.problem!.paid).toBe(true);
    await expect(job.cancel()).rejects.toMatchObject({
      code: 'too-late-to-cancel'
    } satisfies Partial<PublishError>);
    expect(world.pinned.size).toBe(1);
  });

  it('asks no second time while the first prompt may be open', async () => {
    const world = new World();
    world.wallet.script = ['approve', 'approve', 'open'];
    const first = await start(world);
    await until('prompt', () => world.wallet.shown.length === 3);
    first.publisher.dispose();
    const publisher = new Publisher(world.deps());
    const job = (await publisher.resume())!;
    await paused(job, 'prompt-unknown');
    job.resume();
    await paused(job, 'prompt-unknown');
    expect(world.wallet.shown.length).toBe(3);
    await world.wallet.answerOpen();
    await job.finished;
    expect(world.chain.mints.length).toBe(1);
    expect(world.wallet.shown.length).toBe(4);
  });

  it('refuses “I closed it” while a transaction of the account is on its way', async () => {
    const world = new World();
    world.wallet.script = ['approve', 'approve', 'open'];
    const first = await start(world);
    await until('prompt', () => world.wallet.shown.length === 3);
    first.publisher.dispose();
    const job = (await new Publisher(world.deps()).resume())!;
    await paused(job, 'prompt-unknown');
    world.chain.mempool.push({
      hash: '0x1',
      from: job.record.account,
      nonce: 0,
      data: '0x',
      status: 1,
      block: 0
    });
    await expect(job.promptClosed()).rejects.toMatchObject({
      code: 'tx-in-flight'
    });
    expect(job.status).toBe('paused');
    world.chain.mempool = [];
    await job.promptClosed();
    expect((await job.finished)!.did).toMatch(/^did:op:/);
    expect(world.chain.mints.length).toBe(1);
    // Both shared the nonce: the old one can't be mined any more.
    await world.wallet.answerOpen().catch(() => undefined);
  });

  it('refuses to sell what was published in the clear', async () => {
    const world = new World();
    const { job } = await start(world);
    const { cid } = (await job.finished)!;
    const again = new BlobContent({ name: 'x', data: 'a,b\n1,2\n', cid });
    await expect(start(world, PRICED, [again])).rejects.toMatchObject({
      code: 'already-public'
    });
  });

  it('seals what it committed to, even if the file changes meanwhile', async () => {
    const world = new World();
    let text = 'first';
    const source: IContentSource = { kind: 'file', path: 'x.csv' };
    const live: IContent = {
      name: 'x.csv',
      mediaType: 'text/csv',
      size: null,
      source,
      durable: true,
      stream: () => csv(text).stream(),
      blob: async () => new Blob([text])
    };
    const deps = world.deps();
    const sealed: string[] = [];
    const { seal } = deps.ocean;
    deps.ocean.seal = async function* (plain, o) {
      const parts: Uint8Array[] = [];
      for await (const part of plain) {
        text = 'second';
        parts.push(part);
      }
      sealed.push(Buffer.concat(parts).toString());
      yield* seal(csv(sealed[0]).stream(), o);
    };
    const job = await new Publisher(deps).publish([live], PRICED);
    await job.finished;
    expect(sealed).toEqual(['first']);
    const hasher = new FileHasher();
    await hasher.write(new TextEncoder().encode('first'));
    expect(job.record.files[0].cid).toBe((await hasher.end()).cid.toString());
  });
});
