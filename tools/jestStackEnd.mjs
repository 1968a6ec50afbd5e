/** Stops what jestStack.mjs started. */
import { rmSync } from 'node:fs';

export default async function teardown() {
  const stack = globalThis.web3Stack;
  await stack.stop();
  rmSync(stack.info.state, { recursive: true, force: true });
}
