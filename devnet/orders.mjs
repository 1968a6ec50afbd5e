/**
 * What lets a test in another process command a part of the test bed: one line
 * of JSON when it is up, then orders on standard input, a line each, answered by
 * `{"id": …, "answer": …}` or `{"id": …, "error": …}`, until the input ends.
 */
import { createInterface } from 'node:readline';

const tell = message => process.stdout.write(JSON.stringify(message) + '\n');

/**
 * @param {object} up - told first
 * @param {(order: object) => Promise<unknown>} obey
 * @returns {Promise<void>} when the input has ended
 */
export async function takeOrders(up, obey) {
  tell(up);
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, ...order } = JSON.parse(line);
    try {
      tell({ id, answer: (await obey(order)) ?? null });
    } catch (error) {
      tell({ id, error: String(error.message ?? error) });
    }
  }
}
