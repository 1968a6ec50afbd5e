/**
 * How much memory a page takes: for the browser tests and the benchmarks.
 */

const MIB = 1024 * 1024;

/**
 * Do something while a page's memory is watched.
 *
 * @param held - collect garbage before each look: what is seen is then only what
 *   the page holds on to (slower)
 * @returns what it returned, and MiB that the page (JavaScript's heap with its
 *   buffers) grew: at most meanwhile, garbage included, and for good
 */
export async function watched(page, action, { held = false } = {}) {
  const client = await page.context().newCDPSession(page);
  const used = async () => {
    if (held) {
      await client.send('HeapProfiler.collectGarbage');
    }
    const { usedSize, backingStorageSize = 0 } = await client.send(
      'Runtime.getHeapUsage'
    );
    return usedSize + backingStorageSize;
  };
  await client.send('HeapProfiler.collectGarbage');
  const before = await used();
  let most = before;
  let running = true;
  const watching = (async () => {
    while (running) {
      most = Math.max(most, await used());
      await new Promise(resolve => setTimeout(resolve, held ? 1000 : 200));
    }
  })();
  try {
    const value = await action();
    running = false;
    await watching;
    await client.send('HeapProfiler.collectGarbage');
    const after = await used();
    return {
      value,
      peak: Math.max(most, after) / MIB - before / MIB,
      end: (after - before) / MIB
    };
  } finally {
    running = false;
    await watching;
    await client.detach();
  }
}
