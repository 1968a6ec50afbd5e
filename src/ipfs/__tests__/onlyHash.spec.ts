/** @jest-environment node */
import { BlobContent, type IContent } from '../../content';
import { DirectConnection } from '../connection';
import { KuboEngine } from '../kubo';

/** Nobody answers there: what was sent would be refused. */
const engine = new KuboEngine(
  new DirectConnection({ rpc: 'http://127.0.0.1:1' })
);

test('the CID of a file is computed without a word to the node', async () => {
  const told: number[] = [];
  await expect(
    engine.add(new BlobContent({ name: 'h', data: 'hello\n' }), {
      onlyHash: true,
      onProgress: bytes => told.push(bytes)
    })
  ).resolves.toEqual({
    cid: 'bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am',
    size: 6
  });
  expect(told).toEqual([6]);
});

test('never all of it at once, and stopped when told', async () => {
  const stop = new AbortController();
  let read = 0;
  const endless = {
    name: 'endless',
    size: null,
    async *stream() {
      const piece = new Uint8Array(1024 * 1024);
      for (;;) {
        if (++read === 300) {
          stop.abort();
        }
        yield piece;
      }
    }
  } as unknown as IContent;
  await expect(
    engine.add(endless, { onlyHash: true, signal: stop.signal })
  ).rejects.toMatchObject({ code: 'cancelled' });
  expect(read).toBe(300);
});
