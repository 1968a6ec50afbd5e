/** One peer of the test cluster: ipfs-cluster over a Kubo of its own. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { kuboPart } from '../kubo.mjs';
import { writeJson } from '../paths.mjs';
import { Part } from '../process.mjs';

/** Everything of a minute in the defaults happens in a second on loopback. */
function configured(config, { name, ports, credentials, peers, secret }) {
  const api = defaults => ({
    ...defaults,
    basic_auth_credentials: { [credentials.user]: credentials.password }
  });
  const quick = informer => ({ ...informer, metric_ttl: '3s' });
  const { ipfsproxy: _unused, ...apis } = config.api;
  return {
    ...config,
    cluster: {
      ...config.cluster,
      peername: name,
      secret,
      listen_multiaddress: [`/ip4/127.0.0.1/tcp/${ports.cluster}`],
      enable_relay_hop: false,
      pubsub: { ...config.cluster.pubsub, heartbeat_interval: '500ms' },
      state_sync_interval: '5s',
      pin_recover_interval: '2s',
      monitor_ping_interval: '1s',
      peer_watch_interval: '1s',
      mdns_interval: '0s',
      peer_addresses: peers()
    },
    consensus: {
      crdt: {
        ...config.consensus.crdt,
        rebroadcast_interval: '1s',
        repair_interval: '2s'
      }
    },
    api: {
      ...apis,
      pinsvcapi: {
        ...api(apis.pinsvcapi),
        http_listen_multiaddress: `/ip4/127.0.0.1/tcp/${ports.pinning}`
      },
      restapi: {
        ...api(apis.restapi),
        http_listen_multiaddress: `/ip4/127.0.0.1/tcp/${ports.rest}`
      }
    },
    ipfs_connector: {
      ipfshttp: {
        ...config.ipfs_connector.ipfshttp,
        node_multiaddress: `/ip4/127.0.0.1/tcp/${ports.kubo}`,
        connect_swarms_delay: '1s',
        pin_timeout: '20s'
      }
    },
    monitor: { pubsubmon: { check_interval: '1s' } },
    informer: Object.fromEntries(
      Object.entries(config.informer).map(([kind, o]) => [kind, quick(o)])
    )
  };
}

/**
 * @param {object} o
 * @param {string} o.name
 * @param {string} o.state - folder of this peer
 * @param {string} o.kubo - binary
 * @param {string} o.cluster - binary
 * @param {Record<'kubo' | 'gateway' | 'swarm' | 'cluster' | 'pinning' | 'rest', number>} o.ports
 * @param {{user: string, password: string}} o.credentials
 * @param {string} o.secret - of the cluster, 64 hex digits
 * @param {() => Array<object>} o.others - the other peers, as this returns them
 */
export function clusterPeer(o) {
  const { name, state, ports, credentials, secret } = o;
  const node = kuboPart({
    binary: o.kubo,
    state,
    ports,
    swarm: 'loopback',
    // ipfs-cluster can't sign in at a Kubo; this one holds test data only.
    guarded: false,
    friends: () =>
      o.others().map(other => ({ ID: other.nodeId(), Addrs: [other.swarm] }))
  });
  const home = join(state, 'cluster');
  const identity = () => {
    if (!existsSync(join(home, 'service.json'))) {
      mkdirSync(home, { recursive: true, mode: 0o700 });
      execFileSync(
        o.cluster,
        ['--config', home, 'init', '--consensus', 'crdt'].concat([
          '--datastore',
          'leveldb'
        ]),
        { stdio: ['ignore', 'pipe', 'pipe'] }
      );
    }
    return JSON.parse(readFileSync(join(home, 'identity.json'), 'utf8')).id;
  };
  const authorization = `Basic ${Buffer.from(
    `${credentials.user}:${credentials.password}`
  ).toString('base64')}`;
  const endpoint = `http://127.0.0.1:${ports.pinning}`;
  const service = new Part({
    name: `cluster peer ${name}`,
    log: join(state, 'logs', 'cluster.log'),
    launch: () => {
      identity();
      const file = join(home, 'service.json');
      writeJson(
        file,
        configured(JSON.parse(readFileSync(file, 'utf8')), {
          name,
          ports,
          credentials,
          secret,
          peers: () =>
            o.others().map(other => `${other.clusterAddress}/p2p/${other.id()}`)
        }),
        0o600
      );
      return { command: o.cluster, args: ['--config', home, 'daemon'] };
    },
    ready: async () => {
      const response = await fetch(`${endpoint}/pins?limit=1`, {
        headers: { Authorization: authorization }
      });
      await response.body?.cancel();
      return response.ok;
    }
  });
  return {
    name,
    node,
    service,
    authorization,
    /** Of the IPFS Pinning Service API. */
    endpoint,
    /** Of the cluster's own API, which takes archives at `/add?format=car`. */
    upload: `http://127.0.0.1:${ports.rest}`,
    swarm: `/ip4/127.0.0.1/tcp/${ports.swarm}`,
    clusterAddress: `/ip4/127.0.0.1/tcp/${ports.cluster}`,
    id: identity,
    nodeId: node.peerId
  };
}
