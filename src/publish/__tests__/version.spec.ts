/** @jest-environment node */
/** A new version of an asset as a job: accidents at each step. */
import { BlobContent } from '../../content';
import { assetLock } from '../../ocean/assetLock';
import type { IVersionOf } from '../../tokens';
import type { PublishJob } from '../job';
import { takeLock } from '../lock';
import { Publisher } from '../publisher';
import { FREE, until, World } from './world';

const NFT = '0x' + '11'.repeat(20);

const version = (sealed: boolean): IVersionOf => ({
  did: 'did:op:' + 'aa'.repeat(32),
  chainId: 8996,
  nftAddress: NFT,
  datatokenAddress: '0x' + '22'.repeat(20),
  serviceIndex: 0,
  record: '{}',
  recordTx: '0xbefore',
  sealed
});

const content = () => new BlobContent({ name: 'iris.csv', data: 'a\n' });

async function start(
  world: World,
  sealed: boolean,
  stop?: (deps: ReturnType<World['deps']>, hang: () => Promise<never>) => void
): Promise<{ publisher: Publisher; job: PublishJob; hung: () => boolean }> {
  let isHung = false;
  const deps = world.deps();
  stop?.(deps, () => {
    isHung = true;
    return new Promise(() => undefined);
  });
  const publisher = new Publisher(deps);
  const job = await publisher.publish([content()], FREE, {
    version: version(sealed)
  });
  return { publisher, job, hung: () => isHung };
}

const world = (): World => {
  const made = new World();
  made.recordTx = '0xbefore';
  return made;
};

it.each([false, true])('sealed %s: no mint, three prompts', async sealed => {
  const w = world();
  const { publisher, job } = await start(w, sealed);
  await until(
    'it stands',
    () => job.status !== 'running' || job.problem !== null
  );
  expect([job.status, job.problem]).toEqual(['done', null]);
  expect(w.chain.mints).toEqual([]);
  expect(w.chain.metadata.map(({ nft }) => nft)).toEqual([NFT]);
  expect(job.prompts).toEqual({ done: 3, total: 3 });
  expect(job.result).toMatchObject({ nftAddress: NFT, txs: { mint: '' } });
  expect(job.steps.find(({ id }) => id === 'mint')?.state).toBe('skipped');
  // The key is not kept once the node has it.
  expect(job.record.wrappedKey).toBeUndefined();
  publisher.dispose();
});

it.each([
  'fileInfo',
  'encryptFiles',
  'validateDdo',
  'encryptDdo',
  'metadataCall',
  'indexed'
] as const)('a reload at %s: goes on, written once', async step => {
  const w = world();
  const { publisher, job, hung } = await start(w, true, (deps, hang) => {
    deps.ocean[step] = hang;
  });
  await until('it hangs', hung);
  publisher.dispose();
  const again = new Publisher(w.deps());
  await again.load();
  const found = again.jobs.find(({ id }) => id === job.id)!;
  found.resume();
  await until(
    'it stands',
    () => found.status === 'done' || found.problem?.code !== 'reloaded'
  );
  await until('it is done', () => found.status === 'done');
  expect(w.chain.mints).toEqual([]);
  expect(w.chain.metadata).toHaveLength(1);
  again.dispose();
});

it('changed meanwhile: nothing is written over it, and it can be discarded', async () => {
  const w = world();
  w.recordTx = '0xsomebody else';
  const { publisher, job } = await start(w, false);
  await until('it waits', () => job.status === 'paused');
  expect(job.problem).toMatchObject({ code: 'record-stale', paid: false });
  expect(w.chain.metadata).toEqual([]);
  await job.cancel();
  expect(job.status).toBe('cancelled');
  publisher.dispose();
});

it('withdrawn meanwhile: no node would list the new version', async () => {
  const w = world();
  w.withdrawn = true;
  const { publisher, job } = await start(w, false);
  await until('it waits', () => job.status === 'paused');
  expect(job.problem).toMatchObject({ code: 'record-stale', paid: false });
  expect(w.chain.metadata).toEqual([]);
  publisher.dispose();
});

it('while its owner changes it elsewhere, nothing is written', async () => {
  const w = world();
  const release = await takeLock(w.locks, '', assetLock(8996, NFT));
  const { publisher, job } = await start(w, false);
  await until('it waits', () => job.status === 'paused');
  expect(job.problem).toMatchObject({ code: 'tx-in-flight' });
  expect(w.chain.metadata).toEqual([]);
  release!();
  job.resume();
  await until('it is done', () => job.status === 'done');
  expect(w.chain.metadata).toHaveLength(1);
  publisher.dispose();
});
