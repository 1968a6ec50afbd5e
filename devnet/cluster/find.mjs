/** Where the `ipfs-cluster-service` binary comes from: the cache, or a build. */
import { join } from 'node:path';

import { buildGoTool, executable } from '../goTool.mjs';
import { cacheFolder } from '../paths.mjs';

export const CLUSTER_VERSION = '1.1.5';

/**
 * Path of ipfs-cluster's daemon; builds it when there is none.
 *
 * @param {(word: string) => void} [say] - told what takes long
 * @throws {StackError} `go-missing`, `go-old`, `cluster-build`
 */
export async function findCluster(say = () => undefined) {
  const target = join(
    cacheFolder(),
    `ipfs-cluster-${CLUSTER_VERSION}`,
    'ipfs-cluster-service'
  );
  if (!executable(target)) {
    say(`building ipfs-cluster ${CLUSTER_VERSION} (once; one to five minutes)`);
    await buildGoTool({
      label: 'ipfs-cluster',
      folder: 'cluster',
      tool: 'github.com/ipfs-cluster/ipfs-cluster/cmd/ipfs-cluster-service',
      target,
      code: 'cluster-build'
    });
  }
  return target;
}
