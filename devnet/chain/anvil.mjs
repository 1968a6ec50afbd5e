/** The local chain: anvil with its state kept in a file. */
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { StackError } from '../errors.mjs';
import { Part } from '../process.mjs';
import { MNEMONIC } from './accounts.mjs';

export const CHAIN_ID = 8996;
/** Seconds between two savings: what a power cut may cost. */
const SAVE_INTERVAL = 5;

/** The native program: npm's `anvil` is a wrapper that leaves it behind when killed. */
export function findAnvil() {
  const arch = { x64: 'amd64', arm64: 'arm64' }[process.arch];
  const name = `@foundry-rs/anvil-${process.platform}-${arch}`;
  try {
    const manifest = createRequire(import.meta.url).resolve(
      `${name}/package.json`
    );
    return join(dirname(manifest), 'bin', 'anvil');
  } catch (error) {
    throw new StackError(
      'anvil-missing',
      `The local chain needs ${name}, which is not installed (is there one for this system?). Use a chain that runs elsewhere with --chain URL --address-file FILE.`,
      { cause: error }
    );
  }
}

/** One JSON-RPC call; throws with the node's message. */
export async function rpc(url, method, params = []) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  });
  const answer = await response.json();
  if (answer.error) {
    throw new StackError('rpc', `${method}: ${answer.error.message}`);
  }
  return answer.result;
}

function readable(file) {
  try {
    return typeof JSON.parse(readFileSync(file, 'utf8')) === 'object';
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) {
      return false;
    }
    throw error;
  }
}

/**
 * Anvil does not save atomically: keep the last state that was whole, and go
 * back to it when a crash left half a file.
 */
function mendState(file, say) {
  const backup = `${file}.bak`;
  if (readable(file)) {
    copyFileSync(file, backup);
  } else if (existsSync(file)) {
    if (!readable(backup)) {
      throw new StackError(
        'chain-state',
        `The saved chain (${file}) is broken and there is no copy: start over with --reset.`
      );
    }
    say('the saved chain was cut off; its last whole copy is used');
    copyFileSync(backup, file);
  }
}

/**
 * @param {object} o
 * @param {string} o.state - folder of the stack
 * @param {{chain: number}} o.ports
 * @param {(word: string) => void} o.say
 */
export function chainPart({ state, ports, say }) {
  const folder = join(state, 'chain');
  const file = join(folder, 'state.json');
  const url = `http://127.0.0.1:${ports.chain}`;
  const command = findAnvil();
  const part = new Part({
    name: 'The chain (anvil)',
    log: join(state, 'logs', 'chain.log'),
    // It saves when interrupted.
    signal: 'SIGINT',
    launch: () => {
      mkdirSync(folder, { recursive: true });
      mendState(file, say);
      return {
        command,
        args: [
          ...['--host', '127.0.0.1'],
          ...['--port', String(ports.chain)],
          ...['--chain-id', String(CHAIN_ID)],
          ...['--mnemonic', MNEMONIC],
          ...['--state', file],
          ...['--state-interval', String(SAVE_INTERVAL)],
          ...['--cache-path', join(folder, 'cache')],
          '--no-request-size-limit'
        ]
      };
    },
    ready: async () => Number(await rpc(url, 'eth_chainId')) === CHAIN_ID
  });
  return { part, url, file };
}
