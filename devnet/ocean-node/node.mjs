/** The development Ocean Node as one object: put together, start, stop. */
import { once } from 'node:events';

import { createAuth } from './auth.mjs';
import { connect } from './chain.mjs';
import { createFiles } from './files.mjs';
import { createIndexer } from './indexer.mjs';
import { openKeys } from './keys.mjs';
import { createOrders } from './orders.mjs';
import { createRoutes } from './routes.mjs';
import { createHttpServer } from './server.mjs';

/**
 * Start a node; resolves when it listens and its index is up to date.
 *
 * @param options `{port, host, chain, chainId, addressFile, ipfsGateway, state,
 * publicUrl?, interval?, rateLimit?, signal, log}`; `interval` in milliseconds
 * @returns `{url, address, close}`, undefined when aborted before it was ready
 * @throws Error (`EADDRINUSE`) when the port is taken
 */
export async function startNode(options) {
  const { signal, log, interval = 1000 } = options;
  const keys = openKeys(options.state);
  const chain = await connect({
    rpc: options.chain,
    chainId: options.chainId,
    addressFile: options.addressFile,
    signal,
    log
  });
  if (!chain) {
    return undefined;
  }
  const indexer = createIndexer({ keys, chain, interval, signal, log });
  const server = createHttpServer({
    find: createRoutes({
      keys,
      chain,
      indexer,
      auth: createAuth(keys),
      files: createFiles(options.ipfsGateway),
      orders: createOrders({ keys, chain, state: options.state })
    }),
    rateLimit: options.rateLimit ?? 0,
    log
  });
  await indexer.start();
  if (signal.aborted) {
    chain.provider.destroy();
    return undefined;
  }
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const following = indexer.follow();

  return {
    url: options.publicUrl ?? `http://${options.host}:${server.address().port}`,
    address: keys.address,
    /** After `signal` was aborted: ends what is open. */
    async close() {
      server.close();
      server.closeAllConnections();
      await following;
      chain.provider.destroy();
    }
  };
}
