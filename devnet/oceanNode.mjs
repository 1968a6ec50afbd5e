/** The development Ocean Node as a part of the stack. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { StackError } from './errors.mjs';
import { DEVNET } from './paths.mjs';
import { Part } from './process.mjs';

export const OCEAN_NODE = join(DEVNET, 'ocean-node', 'index.mjs');
/** Milliseconds between two looks at the chain. */
export const INDEX_INTERVAL = 500;

/**
 * @param {object} o
 * @param {string} o.state - folder of the stack
 * @param {{oceanNode: number}} o.ports
 * @param {string} o.chain - JSON-RPC URL
 * @param {number} o.chainId
 * @param {string} o.addressFile
 * @param {string} o.gateway - URL of the IPFS gateway that it reads from
 */
export function oceanNodePart({
  state,
  ports,
  chain,
  chainId,
  addressFile,
  gateway
}) {
  const url = `http://127.0.0.1:${ports.oceanNode}`;
  const part = new Part({
    name: 'The Ocean Node',
    log: join(state, 'logs', 'ocean-node.log'),
    launch: () => {
      if (!existsSync(OCEAN_NODE)) {
        throw new StackError('ocean-node-missing', `${OCEAN_NODE} is missing.`);
      }
      return {
        command: process.execPath,
        args: [
          // MiB. A check of a record (SHACL) makes much that is soon forgotten:
          // with V8's own 16 half of its time goes into clearing up.
          '--max-semi-space-size=64',
          OCEAN_NODE,
          ...['--host', '127.0.0.1'],
          ...['--port', String(ports.oceanNode)],
          ...['--chain', chain],
          ...['--chain-id', String(chainId)],
          ...['--address-file', addressFile],
          ...['--ipfs-gateway', gateway],
          ...['--interval', String(INDEX_INTERVAL)],
          ...['--state', join(state, 'ocean-node')]
        ],
        cwd: DEVNET
      };
    },
    ready: async running => /^\{.*"ready": ?true/m.test(running.output())
  });
  return { part, url };
}
