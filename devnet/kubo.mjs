/** The managed Kubo: a repository of its own, closed to other users and, unless asked, to the world. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { writeJson, writeWhole } from './paths.mjs';
import { Part } from './process.mjs';

export { findKubo } from './findKubo.mjs';

/** One CID everywhere (IPIP-499). */
const PROFILE = 'unixfs-v1-2025';

/** The Authorization header of this state's Kubo, made on first use. */
function secretOf(file) {
  if (!existsSync(file)) {
    writeWhole(file, `Bearer ${randomBytes(32).toString('hex')}\n`, 0o600);
  }
  return readFileSync(file, 'utf8').trim();
}

/** What we pin of Kubo's configuration; the rest stays as the repository has it. */
function configured(config, { ports, online, secret }) {
  const auto = value => (online ? value : []);
  return {
    ...config,
    Addresses: {
      ...config.Addresses,
      API: `/ip4/127.0.0.1/tcp/${ports.kubo}`,
      Gateway: `/ip4/127.0.0.1/tcp/${ports.gateway}`,
      // Online, a random port: a fixed one would meet the person's own node.
      Swarm: online ? ['/ip4/0.0.0.0/tcp/0', '/ip4/0.0.0.0/udp/0/quic-v1'] : [],
      Announce: [],
      AppendAnnounce: []
    },
    API: {
      ...config.API,
      Authorizations: {
        'jupyterlab-web3': {
          AuthSecret: secret.replace(/^Bearer /, 'bearer:'),
          AllowedPaths: ['/api/v0']
        }
      }
    },
    Gateway: { ...config.Gateway, NoFetch: true, ExposeRoutingAPI: false },
    AutoConf: { ...config.AutoConf, Enabled: online },
    AutoTLS: { ...config.AutoTLS, Enabled: false },
    Bootstrap: auto(['auto']),
    Routing: { ...config.Routing, DelegatedRouters: auto(['auto']) },
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
 * @param {{kubo: number, gateway: number}} o.ports
 * @param {boolean} o.online - whether it joins the public network
 */
export function kuboPart({ binary, state, ports, online }) {
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
  const secret = secretOf(secretFile);
  const part = new Part({
    name: 'Kubo',
    log: join(state, 'logs', 'kubo.log'),
    launch: () => {
      const file = join(repo, 'config');
      if (!existsSync(file)) {
        mkdirSync(repo, { recursive: true, mode: 0o700 });
        execFileSync(binary, ['init', `--profile=${PROFILE}`], {
          env,
          stdio: ['ignore', 'pipe', 'pipe']
        });
      }
      const config = JSON.parse(readFileSync(file, 'utf8'));
      writeJson(file, configured(config, { ports, online, secret }), 0o600);
      return {
        command: binary,
        // A repository of an older Kubo is brought up to date.
        args: ['daemon', '--migrate', ...(online ? [] : ['--offline'])],
        env
      };
    },
    ready: async () => {
      const response = await fetch(
        `http://127.0.0.1:${ports.kubo}/api/v0/version`,
        { method: 'POST', headers: { Authorization: secret } }
      );
      await response.body?.cancel();
      return response.ok;
    }
  });
  return {
    part,
    api: `http://127.0.0.1:${ports.kubo}`,
    gateway: `http://127.0.0.1:${ports.gateway}`,
    secret,
    secretFile,
    repo
  };
}
