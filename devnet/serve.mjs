/**
 * Kubo and the Jupyter server with its routes, as a program of its own whose
 * parts a test may kill and start (see orders.mjs):
 * `{"id": 1, "do": "kill" | "stop" | "start", "part": "kubo" | "lab"}`.
 *
 *     node devnet/serve.mjs --chain URL --address-file FILE
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { takeOrders } from './orders.mjs';
import { startStack } from './stack.mjs';

const { values } = parseArgs({
  options: { chain: { type: 'string' }, 'address-file': { type: 'string' } }
});
const state = mkdtempSync(join(tmpdir(), 'web3-serve-'));
try {
  const stack = await startStack({
    state,
    ocean: false,
    chain: values.chain,
    addressFile: values['address-file'],
    say: console.error
  });
  await takeOrders(stack.info, order => stack.parts[order.part][order.do]());
  await stack.stop();
} finally {
  rmSync(state, { recursive: true, force: true });
}
