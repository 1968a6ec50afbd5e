/**
 * Publish an asset as another tool does it, with `@oceanprotocol/lib` alone.
 * Takes the options of `publish` (devnet/ocean-node/test/market.mjs) and the
 * stack as JSON in its one argument; prints the DID.
 */
import { readFileSync } from 'node:fs';

import { openMarket, publish } from '../devnet/ocean-node/test/market.mjs';

const { chain, networkFile, oceanNode, options } = JSON.parse(process.argv[2]);
const { contracts } = JSON.parse(readFileSync(networkFile, 'utf8'));
const market = openMarket({ chainUrl: chain, addresses: contracts });
try {
  const { did, resolved, validation } = await publish(
    market,
    oceanNode,
    options
  );
  if (!resolved) {
    throw new Error(`Not indexed: ${JSON.stringify(validation)}`);
  }
  process.stdout.write(did);
} finally {
  market.close();
}
