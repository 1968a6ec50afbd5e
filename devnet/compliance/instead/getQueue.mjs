/**
 * The suite asks once a second, to spare a service of others, and takes for granted
 * that what it asked for a second ago is pinned: here it is waited for.
 */
import { given, original } from './original.mjs';

const { getQueue: make } = await original(import.meta.url);

const WAIT_MS = 20_000;

/** Until the service has pinned all it was asked for, or has had its time. */
async function settled() {
  for (const end = Date.now() + WAIT_MS; Date.now() < end;) {
    const response = await fetch(
      `${given.endpoint}/pins?status=queued,pinning&limit=1`,
      { headers: { Authorization: `Bearer ${given.token}` } }
    );
    if ((await response.json()).count === 0) {
      return;
    }
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

export function getQueue(url) {
  const queue = make(url, { concurrency: 1 });
  return {
    add: (work, options) =>
      queue.add(async () => {
        await settled();
        return work();
      }, options)
  };
}
