/** A program of the test bed that takes orders: see devnet/orders.mjs. */
import { spawn } from 'child_process';
import { join } from 'path';
import { createInterface } from 'readline';

export interface IProgram<Up> {
  /** What it told when it was up. */
  up: Up;
  ask(order: object): Promise<unknown>;
  stop(): Promise<void>;
}

/** @param program - path below devnet */
export async function startProgram<Up>(
  program: string,
  args: string[] = []
): Promise<IProgram<Up>> {
  const child = spawn(
    process.execPath,
    [join(__dirname, '../../devnet', program), ...args],
    { stdio: ['pipe', 'pipe', 'inherit'] }
  );
  const ended = new Promise<void>(resolve =>
    child.once('exit', () => resolve())
  );
  const waiting = new Map<unknown, (line: Record<string, unknown>) => void>();
  let count = 0;
  const up = await new Promise<Up>((resolve, reject) => {
    child.once('exit', code => {
      const error = `${program} ended: ${code}`;
      reject(new Error(error));
      waiting.forEach(answer => answer({ error }));
    });
    createInterface({ input: child.stdout }).on('line', line => {
      const message = JSON.parse(line) as Record<string, unknown>;
      const answer = waiting.get(message.id);
      if (answer) {
        answer(message);
      } else {
        resolve(message as Up);
      }
    });
  });
  return {
    up,
    ask: order =>
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
        child.stdin.write(JSON.stringify({ id, ...order }) + '\n');
      }),
    stop: async () => {
      child.stdin.end();
      await ended;
    }
  };
}
