/** A real chain, a real Kubo and the node, on free ports, for one test file. */
import { spawn, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { MNEMONIC } from '../../chain/accounts.mjs';
import { findAnvil, rpc } from '../../chain/anvil.mjs';
import { deploy } from '../../chain/deploy.mjs';

export const CHAIN_ID = 8996;
const NODE = fileURLToPath(new URL('../index.mjs', import.meta.url));

/** Where `npm start` leaves the Kubo that it built. */
const KUBO =
  process.env.KUBO_PATH ??
  join(homedir(), '.cache/jupyterlab-web3/kubo-0.43.0/ipfs');

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Ask until the answer is not undefined; throws after `timeout` ms. */
export async function until(ask, what, timeout = 20_000) {
  const end = Date.now() + timeout;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) {
      return answer;
    }
    if (Date.now() > end) {
      throw new Error(`${what}: not within ${timeout} ms`);
    }
    await sleep(50);
  }
}

async function end(child, signal = 'SIGTERM') {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await once(child, 'exit');
  }
}

async function startChain(folder, port) {
  const child = spawn(
    findAnvil(),
    [
      ...['--port', String(port), '--chain-id', String(CHAIN_ID)],
      ...['--mnemonic', MNEMONIC, '--silent'],
      ...['--state', join(folder, 'chain.json')]
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] }
  );
  const url = `http://127.0.0.1:${port}`;
  await until(
    () =>
      rpc(url, 'eth_chainId').catch(error => {
        if (error.cause?.code !== 'ECONNREFUSED') {
          throw error;
        }
      }),
    'anvil'
  );
  return { child, url };
}

async function startKubo(folder) {
  const env = { ...process.env, IPFS_PATH: join(folder, 'ipfs') };
  const ipfs = (...args) => execFileSync(KUBO, args, { env }).toString().trim();
  ipfs('init', '--profile', 'unixfs-v1-2025,test');
  ipfs('config', 'Addresses.API', '/ip4/127.0.0.1/tcp/0');
  ipfs('config', 'Addresses.Gateway', '/ip4/127.0.0.1/tcp/0');
  const child = spawn(KUBO, ['daemon', '--offline'], { env, stdio: 'ignore' });
  const file = join(folder, 'ipfs', 'gateway');
  const gateway = await until(
    () => (existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined),
    'Kubo'
  );
  return {
    child,
    gateway,
    add: bytes =>
      execFileSync(KUBO, ['add', '-Q'], { env, input: bytes }).toString().trim()
  };
}

/** @returns `{url, stop, log}`; the process is the one that `npm start` runs */
export async function startNode(stack, state, ...more) {
  const child = spawn(process.execPath, [
    NODE,
    ...['--chain', stack.chainUrl, '--chain-id', String(CHAIN_ID)],
    ...['--address-file', stack.addressFile, '--ipfs-gateway', stack.gateway],
    ...['--state', state, '--interval', '100'],
    ...more
  ]);
  const log = [];
  child.stderr.on('data', text => {
    log.push(String(text));
    stack.onLog?.(String(text));
  });
  stack.children.add(child);
  const lines = createInterface({ input: child.stdout });
  const ready = once(lines, 'line').then(([line]) => JSON.parse(line));
  const gone = once(child, 'exit').then(([code]) => {
    throw new Error(`the node ended with ${code}: ${log.join('')}`);
  });
  const { url } = await Promise.race([ready, gone]);
  gone.catch(() => {
    // After the start, ending is what stop() wants.
  });
  return {
    url,
    log,
    child,
    async stop() {
      await end(child);
      return child.exitCode;
    }
  };
}

export async function startStack() {
  const folder = mkdtempSync(join(tmpdir(), 'ocean-node-'));
  const port = await freePort();
  let chain = await startChain(folder, port);
  const addresses = await deploy(chain.url, CHAIN_ID);
  const addressFile = join(folder, 'addresses.json');
  writeFileSync(addressFile, JSON.stringify({ development: addresses }));
  const kubo = await startKubo(folder);
  const stack = {
    folder,
    addressFile,
    addresses,
    chainUrl: chain.url,
    gateway: kubo.gateway,
    add: kubo.add,
    children: new Set(),
    rpc: (method, ...params) => rpc(chain.url, method, params),
    /** Anvil saves when it is interrupted. */
    async restartChain(pause = 0) {
      await end(chain.child, 'SIGINT');
      await sleep(pause);
      chain = await startChain(folder, port);
    },
    async stop() {
      for (const child of stack.children) {
        await end(child);
      }
      await end(kubo.child);
      await end(chain.child, 'SIGINT');
      rmSync(folder, { recursive: true });
    }
  };
  return stack;
}
