/** A Kubo that runs elsewhere: what it tells of itself. */
import { StackError } from './errors.mjs';

/**
 * The gateway of a Kubo, asked of its RPC API.
 *
 * @param {string} api - URL without /api/v0
 * @throws {StackError} `ipfs-unreachable`
 */
export async function externalGateway(api) {
  let response;
  try {
    response = await fetch(`${api}/api/v0/config?arg=Addresses.Gateway`, {
      method: 'POST'
    });
  } catch (error) {
    throw new StackError('ipfs-unreachable', `No Kubo answers at ${api}.`, {
      cause: error
    });
  }
  if (!response.ok) {
    throw new StackError(
      'ipfs-unreachable',
      `Kubo at ${api} refuses: ${response.status} ${await response.text()}`
    );
  }
  const { Value } = await response.json();
  const address = [Value].flat()[0] ?? '';
  const match = /^\/(?:ip4|ip6|dns4?)\/([^/]+)\/tcp\/(\d+)/.exec(address);
  if (!match) {
    throw new StackError(
      'ipfs-gateway',
      `Kubo at ${api} has no gateway (Addresses.Gateway), which the Ocean Node reads from.`
    );
  }
  // A gateway that listens everywhere is reached at the host of the API.
  const host = match[1] === '0.0.0.0' ? new URL(api).hostname : match[1];
  return `http://${host}:${match[2]}`;
}
