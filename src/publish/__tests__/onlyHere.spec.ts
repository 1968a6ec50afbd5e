/** @jest-environment node */
/** What only a page holds is not published: no Ocean Node could fetch it. */
import { BlobContent } from '../../content';
import { Publisher } from '../publisher';
import { FREE, until, World } from './world';

test('a job stops before anything is added, signed or paid', async () => {
  const world = new World();
  const deps = world.deps();
  const ipfs = { ...deps.ipfs, engine: { kind: 'browser' as const } };
  const publisher = new Publisher({ ...deps, ipfs });
  const job = await publisher.publish(
    [new BlobContent({ name: 'a.csv', data: 'a\n1\n' })],
    FREE
  );
  await until('it pauses', () => job.status === 'paused');
  expect(job.problem).toMatchObject({ code: 'only-here', paid: false });
  expect(world.blocks.size).toBe(0);
  expect(world.wallet.shown).toEqual([]);

  // The person started a Kubo and moved the files there.
  ipfs.engine = { kind: 'kubo' as const } as unknown as typeof ipfs.engine;
  void job.resume();
  expect(await job.finished).toMatchObject({
    did: expect.stringMatching(/^did:op:/)
  });
});
