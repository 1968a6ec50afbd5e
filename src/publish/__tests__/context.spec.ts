/** @jest-environment node */
import { together } from '../context';

const later = <T>(ms: number, task: () => T): Promise<T> =>
  new Promise((resolve, reject) =>
    setTimeout(() => {
      try {
        resolve(task());
      } catch (error) {
        reject(error as Error);
      }
    }, ms)
  );

describe('together', () => {
  it('gives the values in their order, whichever comes first', async () => {
    expect(
      await together([later(10, () => 'slow'), later(0, () => 1)])
    ).toEqual(['slow', 1]);
  });

  it('fails with the first in their order, and leaves nothing running', async () => {
    let ended = false;
    const both = together([
      later(20, () => {
        ended = true;
        throw new Error('the first');
      }),
      later(0, () => {
        throw new Error('the second, sooner');
      })
    ]);
    await expect(both).rejects.toThrow('the first');
    expect(ended).toBe(true);
  });
});
