/** A process of its own that starts a stack: for tests that end it rudely. */
import { startStack } from '../stack.mjs';

const stack = await startStack({
  state: process.argv[2],
  lab: false,
  ocean: process.argv[3] === 'ocean'
});
process.once('SIGINT', async () => {
  await stack.stop();
  process.exit(0);
});
const pids = Object.fromEntries(
  Object.entries(stack.parts)
    .filter(([, part]) => part)
    .map(([name, part]) => [name, part.pid])
);
console.log(JSON.stringify({ pids, info: stack.info }));
const error = await stack.failed;
console.log(JSON.stringify({ failed: error.message, code: error.code }));
process.exit(1);
