/**
 * The cluster as a program of its own: prints one line of JSON when it is up and
 * takes orders, a line each, until its input ends:
 * `{"id": 1, "do": "kill" | "stop" | "start", "peer": 0, "part": "service" | "node"}`
 * and `{"id": 2, "do": "has", "cid": "…"}`; answers `{"id": …, "answer": …}`.
 *
 *     node devnet/cluster/serve.mjs [folder]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { startCluster } from './index.mjs';

const [given] = process.argv.slice(2);
const state = given ?? mkdtempSync(join(tmpdir(), 'web3-cluster-'));
const cluster = await startCluster({ state, say: console.error });
const tell = message => process.stdout.write(JSON.stringify(message) + '\n');

async function obey(order) {
  if (order.do === 'has') {
    return cluster.has(order.cid);
  }
  const peer = cluster.peers[order.peer];
  const part = order.part === 'node' ? peer.node.part : peer.service;
  await part[order.do]();
  return null;
}

tell({
  endpoint: cluster.endpoint,
  upload: cluster.upload,
  credentials: cluster.credentials,
  token: await cluster.token(),
  peers: cluster.peers.map(({ endpoint, upload, swarm, node, nodeId }) => ({
    endpoint,
    upload,
    api: node.api,
    swarm: `${swarm}/p2p/${nodeId()}`
  }))
});

const orders = createInterface({ input: process.stdin });
for await (const line of orders) {
  const order = JSON.parse(line);
  try {
    tell({ id: order.id, answer: await obey(order) });
  } catch (error) {
    tell({ id: order.id, error: String(error.message ?? error) });
  }
}
await cluster.stop();
if (!given) {
  rmSync(state, { recursive: true, force: true });
}
