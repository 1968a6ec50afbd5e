/**
 * Ends the parts of a stack when their starter is gone.
 *
 * Runs detached; reads JSON lines from stdin: `{"watch": pid, "signal": "SIGTERM"}`
 * and `{"forget": pid}`. The pipe closes when the starter ends, however that
 * happens (SIGKILL included): then every process group still watched is ended.
 */
import { createInterface } from 'node:readline';

const GRACE = 5_000;
const watched = new Map();

/** @returns whether the group still had a process */
function signal(pid, name) {
  try {
    process.kill(-pid, name);
    return true;
  } catch (error) {
    if (error.code === 'ESRCH') {
      return false;
    }
    throw error;
  }
}

// A Ctrl-C in the terminal is for the starter, which ends us by closing the pipe.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(name, () => undefined);
}

const lines = createInterface({ input: process.stdin });
lines.on('line', line => {
  const order = JSON.parse(line);
  if (order.watch) {
    watched.set(order.watch, order.signal ?? 'SIGTERM');
  }
  if (order.forget) {
    watched.delete(order.forget);
  }
});
lines.on('close', async () => {
  for (const [pid, name] of watched) {
    signal(pid, name);
  }
  const end = Date.now() + GRACE;
  while (watched.size && Date.now() < end) {
    await new Promise(resolve => setTimeout(resolve, 100));
    for (const pid of watched.keys()) {
      if (!signal(pid, 0)) {
        watched.delete(pid);
      }
    }
  }
  for (const pid of watched.keys()) {
    signal(pid, 'SIGKILL');
  }
  process.exit(0);
});
