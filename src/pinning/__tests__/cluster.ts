/** The real pinning service of the tests: ipfs-cluster, three peers on loopback. */
import { spawn, type ChildProcess } from 'child_process';
import { join } from 'path';
import { createInterface } from 'readline';

export interface ICluster {
  endpoint: string;
  upload: string;
  credentials: { user: string; password: string };
  /** A JWT. */
  token: string;
  peers: { endpoint: string; upload: string; api: string; swarm: string }[];
  /** By peer, whether its Kubo pins a CID; null where that is not running. */
  has(cid: string): Promise<(boolean | null)[]>;
  order(
    what: 'kill' | 'stop' | 'start',
    peer: number,
    part?: 'service' | 'node'
  ): Promise<void>;
  stop(): Promise<void>;
}

const PROGRAM = join(__dirname, '../../../devnet/cluster/serve.mjs');

export async function startCluster(): Promise<ICluster> {
  const child: ChildProcess = spawn(process.execPath, [PROGRAM], {
    stdio: ['pipe', 'pipe', 'inherit']
  });
  const ended = new Promise<void>(resolve =>
    child.once('exit', () => resolve())
  );
  const waiting = new Map<number, (line: Record<string, unknown>) => void>();
  let count = 0;
  const up = await new Promise<Record<string, unknown>>((resolve, reject) => {
    child.once('exit', code => reject(new Error(`The cluster ended: ${code}`)));
    createInterface({ input: child.stdout! }).on('line', line => {
      const message = JSON.parse(line) as Record<string, unknown>;
      const answer = waiting.get(message.id as number);
      if (answer) {
        answer(message);
      } else {
        resolve(message);
      }
    });
  });
  const ask = (order: object): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = ++count;
      waiting.set(id, ({ answer, error }) => {
        waiting.delete(id);
        if (error) {
          reject(new Error(String(error)));
        } else {
          resolve(answer);
        }
      });
      child.stdin!.write(JSON.stringify({ id, ...order }) + '\n');
    });
  return {
    ...(up as unknown as Pick<
      ICluster,
      'endpoint' | 'upload' | 'credentials' | 'token' | 'peers'
    >),
    has: cid => ask({ do: 'has', cid }) as Promise<(boolean | null)[]>,
    order: async (what, peer, part = 'service') => {
      await ask({ do: what, peer, part });
    },
    stop: async () => {
      child.stdin!.end();
      await ended;
    }
  };
}
