/** The real pinning service of the tests: ipfs-cluster, three peers on loopback. */
import { startProgram } from '../../__tests__/program';

interface IUp {
  endpoint: string;
  upload: string;
  credentials: { user: string; password: string };
  /** A JWT. */
  token: string;
  peers: { endpoint: string; upload: string; api: string; swarm: string }[];
}

export interface ICluster extends IUp {
  /** By peer, whether its Kubo pins a CID; null where that is not running. */
  has(cid: string): Promise<(boolean | null)[]>;
  order(
    what: 'kill' | 'stop' | 'start',
    peer: number,
    part?: 'service' | 'node'
  ): Promise<void>;
  stop(): Promise<void>;
}

export async function startCluster(): Promise<ICluster> {
  const { up, ask, stop } = await startProgram<IUp>('cluster/serve.mjs');
  return {
    ...up,
    has: cid => ask({ do: 'has', cid }) as Promise<(boolean | null)[]>,
    order: async (what, peer, part = 'service') => {
      await ask({ do: what, peer, part });
    },
    stop
  };
}
