import { execFileSync } from 'node:child_process';

import { stack } from './fixtures';

/** `ipfs add` of the node's own command line, hashing only: the CID to compare with. */
export function cidOfCli(path: string): string {
  return execFileSync(
    stack().ipfs,
    [...api(), 'add', '--quieter', '--only-hash', '--progress=false', path],
    { maxBuffer: 1 << 20 }
  )
    .toString()
    .trim();
}

/** Run the node's own command line against the stack's Kubo. */
export function ipfs(...args: string[]): string {
  return execFileSync(stack().ipfs, [...api(), ...args], {
    maxBuffer: 64 << 20
  }).toString();
}

function api(): string[] {
  const { hostname, port } = new URL(stack().ipfsApi);
  return [
    `--api=/ip4/${hostname}/tcp/${port}`,
    `--api-auth=${stack().ipfsSecret.replace(/^Bearer /, 'bearer:')}`
  ];
}
