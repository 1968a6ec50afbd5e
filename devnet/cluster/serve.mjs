/**
 * The cluster as a program of its own (see ../orders.mjs):
 * `{"id": 1, "do": "kill" | "stop" | "start", "peer": 0, "part": "service" | "node"}`
 * and `{"id": 2, "do": "has", "cid": "…"}`.
 *
 *     node devnet/cluster/serve.mjs [folder]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { takeOrders } from '../orders.mjs';
import { startCluster } from './index.mjs';

const [given] = process.argv.slice(2);
const state = given ?? mkdtempSync(join(tmpdir(), 'web3-cluster-'));
const cluster = await startCluster({ state, say: console.error });

async function obey(order) {
  if (order.do === 'has') {
    return cluster.has(order.cid);
  }
  const peer = cluster.peers[order.peer];
  const part = order.part === 'node' ? peer.node.part : peer.service;
  return part[order.do]();
}

const up = {
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
};
await takeOrders(up, obey);
await cluster.stop();
if (!given) {
  rmSync(state, { recursive: true, force: true });
}
