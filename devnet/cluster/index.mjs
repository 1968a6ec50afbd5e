/**
 * A real pinning service for tests: ipfs-cluster, three peers on loopback, each
 * with a Kubo of its own. It serves the IPFS Pinning Service API with a
 * password, and takes archives.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { findKubo } from '../findKubo.mjs';
import { freePorts } from '../ports.mjs';
import { Watchdog } from '../process.mjs';
import { findCluster } from './find.mjs';
import { clusterPeer } from './peer.mjs';

const PORTS = ['kubo', 'gateway', 'swarm', 'cluster', 'pinning', 'rest'];

async function call(peer, verb) {
  const response = await fetch(`${peer.node.api}/api/v0/${verb}`, {
    method: 'POST'
  });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`${verb} at ${peer.name}: ${text}`);
  }
  return text;
}

/**
 * Start a cluster in a folder that may be thrown away afterwards.
 *
 * @param {object} o
 * @param {string} o.state - folder
 * @param {number} [o.size] - peers
 * @param {(word: string) => void} [o.say]
 * @returns {Promise<object>} `peers` (each with `node.part` and `service` to
 *   stop, kill and start), `endpoint` and `upload` of the first, `credentials`,
 *   `authorization`, `token()` (a JWT), `connect(addresses)` to another Kubo,
 *   `has(cid)` by peer, `stop()`
 * @throws {StackError}
 */
export async function startCluster({ state, size = 3, say }) {
  const home = resolve(state);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const [kubo, cluster] = [await findKubo(say), await findCluster(say)];
  const ports = await freePorts(PORTS.length * size);
  const secret = randomBytes(32).toString('hex');
  const credentials = {
    user: 'web3',
    password: randomBytes(16).toString('hex')
  };
  const peers = [];
  for (let i = 0; i < size; i++) {
    const own = ports.slice(i * PORTS.length, (i + 1) * PORTS.length);
    peers.push(
      clusterPeer({
        name: `peer-${i + 1}`,
        state: join(home, `peer-${i + 1}`),
        kubo,
        cluster,
        secret,
        credentials,
        ports: Object.fromEntries(PORTS.map((name, n) => [name, own[n]])),
        others: () => peers.filter((_, n) => n !== i)
      })
    );
  }
  const watchdog = new Watchdog();
  const parts = peers.flatMap(peer => [peer.service, peer.node.part]);
  parts.forEach(part => {
    part.watchdog = watchdog;
  });
  const stop = async () => {
    await Promise.all(peers.map(peer => peer.service.stop()));
    await Promise.all(peers.map(peer => peer.node.part.stop()));
    watchdog.close();
  };
  try {
    await Promise.all(peers.map(peer => peer.node.part.start()));
    await Promise.all(peers.map(peer => peer.service.start()));
  } catch (error) {
    await stop();
    throw error;
  }
  const [first] = peers;
  return {
    peers,
    endpoint: first.endpoint,
    upload: first.upload,
    authorization: first.authorization,
    credentials,
    /** What the service calls an access token: a JWT for `Bearer`. */
    token: async () => {
      const response = await fetch(`${first.endpoint}/token`, {
        method: 'POST',
        headers: { Authorization: first.authorization }
      });
      return (await response.json()).token;
    },
    /** Connect the Kubos to another one, by its multiaddresses with `/p2p/…`. */
    connect: addresses =>
      Promise.all(
        peers.map(peer =>
          call(
            peer,
            `swarm/connect?${addresses.map(a => `arg=${encodeURIComponent(a)}`).join('&')}`
          )
        )
      ),
    /** By peer, whether its Kubo pins a CID; null where it is not running. */
    has: cid =>
      Promise.all(
        peers.map(async peer =>
          peer.node.part.running
            ? Object.keys(
                JSON.parse(await call(peer, 'pin/ls?type=recursive')).Keys ?? {}
              ).includes(cid)
            : null
        )
      ),
    stop
  };
}
