/**
 * Development Ocean Node: for development and demos only.
 *
 * node index.mjs --port 8001 --chain http://127.0.0.1:8545 --chain-id 8996
 *   --address-file addresses.json --ipfs-gateway http://127.0.0.1:8080
 *   --state folder [--host 127.0.0.1] [--public-url URL] [--interval 1000]
 *   [--rate-limit 0]
 *
 * Prints `{"ready":true,"url":"…"}` when it can be used. SIGTERM ends it.
 */
import { parseArgs } from 'node:util';

import { startNode } from './node.mjs';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    chain: { type: 'string' },
    'chain-id': { type: 'string', default: '8996' },
    'address-file': { type: 'string' },
    'ipfs-gateway': { type: 'string' },
    state: { type: 'string' },
    'public-url': { type: 'string' },
    // Milliseconds between two looks at the chain.
    interval: { type: 'string', default: '1000' },
    // Requests per minute and address; a real node's default is 30, 0 is off.
    'rate-limit': { type: 'string', default: '0' }
  }
});
for (const name of ['chain', 'address-file', 'ipfs-gateway', 'state']) {
  if (!values[name]) {
    console.error(`ocean-node: --${name} is missing`);
    process.exit(2);
  }
}

const log = text => console.error(`ocean-node: ${text}`);
const stop = new AbortController();
for (const name of ['SIGTERM', 'SIGINT']) {
  process.once(name, () => stop.abort());
}

log('development Ocean Node: for development and demos only');
try {
  const node = await startNode({
    port: Number(values.port),
    host: values.host,
    chain: values.chain,
    chainId: Number(values['chain-id']),
    addressFile: values['address-file'],
    ipfsGateway: values['ipfs-gateway'],
    state: values.state,
    publicUrl: values['public-url'],
    interval: Number(values.interval),
    rateLimit: Number(values['rate-limit']),
    signal: stop.signal,
    log
  });
  if (node) {
    console.log(JSON.stringify({ ready: true, url: node.url }));
    if (!stop.signal.aborted) {
      await new Promise(resolve =>
        stop.signal.addEventListener('abort', resolve, { once: true })
      );
    }
    await node.close();
  }
} catch (error) {
  log(
    error.code === 'EADDRINUSE' ? `port ${values.port} is taken` : error.stack
  );
  process.exitCode = 1;
}
