/** Starts the stack that the `*.stack.spec.ts` tests share. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startStack } from '../devnet/stack.mjs';

export default async function setup() {
  const state = mkdtempSync(join(tmpdir(), 'web3-stack-'));
  const stack = await startStack({ state, lab: false });
  process.env.WEB3_STACK = JSON.stringify(stack.info);
  globalThis.web3Stack = stack;
}
