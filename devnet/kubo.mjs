/** The managed Kubo: a repository of its own, closed to other users and, unless asked, to the world. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { writeJson, writeWhole } from './paths.mjs';
import { Part } from './process.mjs';

export { findKubo } from './findKubo.mjs';

/** One CID everywhere (IPIP-499). */
const PROFILE = 'unixfs-v1-2025';
/** Bytes of a socket's path that every system takes (sun_path, unix(7)). */
const SOCKET_PATH = 100;

/** The Authorization header of this state's Kubo, made on first use. */
function secretOf(file) {
  if (!existsSync(file)) {
    writeWhole(file, `Bearer ${randomBytes(32).toString('hex')}\n`, 0o600);
  }
  return readFileSync(file, 'utf8').trim();
}

/**
 * Where it listens for other nodes. On loopback, nodes of this machine may meet
 * it, which tests of pinning need; it knows of no others.
 */
function swarmAddresses(swarm, port = 0) {
  return {
    none: [],
    loopback: [`/ip4/127.0.0.1/tcp/${port}`],
    // A random port: a fixed one would meet the person's own node.
    public: ['/ip4/0.0.0.0/tcp/0', '/ip4/0.0.0.0/udp/0/quic-v1']
  }[swarm];
}

/** Where it listens beside TCP; null where no path of a socket can be that long. */
function socketIn(repo) {
  const path = join(repo, 'api.sock');
  return process.platform !== 'win32' && Buffer.byteLength(path) <= SOCKET_PATH
    ? path
    : null;
}

/** What we pin of Kubo's configuration; the rest stays as the repository has it. */
function configured(config, { ports, socket, swarm, secret, friends }) {
  const online = swarm === 'public';
  const auto = value => (online ? value : []);
  return {
    ...config,
    Addresses: {
      ...config.Addresses,
      // The first is what the command line finds.
      API: [
        `/ip4/127.0.0.1/tcp/${ports.kubo}`,
        ...(socket ? [`/unix${socket}`] : [])
      ],
      Gateway: `/ip4/127.0.0.1/tcp/${ports.gateway}`,
      Swarm: swarmAddresses(swarm, ports.swarm),
      Announce: [],
      AppendAnnounce: []
    },
    API: {
      ...config.API,
      Authorizations: secret
        ? {
            'jupyterlab-web3': {
              AuthSecret: secret.replace(/^Bearer /, 'bearer:'),
              AllowedPaths: ['/api/v0']
            }
          }
        : {}
    },
    Gateway: { ...config.Gateway, NoFetch: true, ExposeRoutingAPI: false },
    AutoConf: { ...config.AutoConf, Enabled: online },
    AutoTLS: { ...config.AutoTLS, Enabled: false },
    Bootstrap: auto(['auto']),
    Routing: {
      ...config.Routing,
      ...(swarm === 'loopback' ? { Type: 'none' } : {}),
      DelegatedRouters: auto(['auto'])
    },
    ...(swarm === 'loopback'
      ? {
          Peering: { Peers: friends() },
          Swarm: {
            ...config.Swarm,
            DisableNatPortMap: true,
            RelayClient: { Enabled: false },
            RelayService: { Enabled: false }
          }
        }
      : {}),
    Ipns: { ...config.Ipns, DelegatedPublishers: auto(['auto']) },
    DNS: { ...config.DNS, Resolvers: online ? { '.': 'auto' } : {} },
    Discovery: { MDNS: { Enabled: false } },
    // Only what was pinned is announced: drive additions are not.
    Provide: { ...config.Provide, Enabled: online, Strategy: 'pinned' },
    Plugins: {
      ...config.Plugins,
      Plugins: {
        ...config.Plugins?.Plugins,
        telemetry: { Disabled: true, Config: { Mode: 'off' } }
      }
    },
    Version: { ...config.Version, SwarmCheckEnabled: false }
  };
}

/**
 * Kubo as a part of the stack.
 *
 * @param {object} o
 * @param {string} o.binary
 * @param {string} o.state - folder of the stack
 * @param {{kubo: number, gateway: number, swarm?: number}} o.ports
 * @param {'none' | 'loopback' | 'public'} o.swarm - whom it speaks to
 * @param {boolean} [o.guarded] - whether its RPC needs the secret
 * @param {() => Array<{ID: string, Addrs: string[]}>} [o.friends] - nodes on
 *   loopback that it stays connected to
 * @param {(config: object) => object} [o.adapt] - has the last word on its
 *   configuration
 */
export function kuboPart({
  binary,
  state,
  ports,
  swarm,
  guarded = true,
  friends = () => [],
  adapt = config => config
}) {
  const repo = join(state, 'kubo');
  const secretFile = join(state, 'kubo-secret');
  const env = {
    ...process.env,
    IPFS_PATH: repo,
    IPFS_TELEMETRY: 'off',
    // The person's own settings for other nodes are none of this one.
    IPFS_LOGGING: undefined,
    LIBP2P_FORCE_PNET: undefined
  };
  const secret = guarded ? secretOf(secretFile) : null;
  const socket = socketIn(repo);
  /** Its configuration; makes the repository at first. */
  const prepared = () => {
    const file = join(repo, 'config');
    if (!existsSync(file)) {
      mkdirSync(repo, { recursive: true, mode: 0o700 });
      execFileSync(binary, ['init', `--profile=${PROFILE}`], {
        env,
        stdio: ['ignore', 'pipe', 'pipe']
      });
    }
    return JSON.parse(readFileSync(file, 'utf8'));
  };
  const part = new Part({
    name: 'Kubo',
    log: join(state, 'logs', 'kubo.log'),
    launch: () => {
      const config = prepared();
      if (socket) {
        // A killed node leaves its own behind, and could not listen there again.
        rmSync(socket, { force: true });
      }
      writeJson(
        join(repo, 'config'),
        adapt(configured(config, { ports, socket, swarm, secret, friends })),
        0o600
      );
      return {
        command: binary,
        // A repository of an older Kubo is brought up to date.
        args: [
          'daemon',
          '--migrate',
          ...(swarm === 'none' ? ['--offline'] : [])
        ],
        env
      };
    },
    ready: async () => {
      const response = await fetch(
        `http://127.0.0.1:${ports.kubo}/api/v0/version`,
        { method: 'POST', headers: secret ? { Authorization: secret } : {} }
      );
      await response.body?.cancel();
      return response.ok;
    }
  });
  return {
    part,
    api: `http://127.0.0.1:${ports.kubo}`,
    socket,
    gateway: `http://127.0.0.1:${ports.gateway}`,
    secret,
    secretFile,
    repo,
    peerId: () => prepared().Identity.PeerID
  };
}
