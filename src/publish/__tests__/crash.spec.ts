/** @jest-environment node */
import { BlobContent } from '../../content';
import { play, ROWS, type IStage } from './crashTable';
import { BOB, FREE, PRICED, World } from './world';

function stage(): IStage {
  const world = new World();
  return {
    wallet: world.wallet,
    deps: () => world.deps(),
    content: () => new BlobContent({ name: 'iris.csv', data: 'a,b\n1,2\n' }),
    draft: priced => (priced ? PRICED : FREE),
    stranger: BOB,
    nodeDown: down => {
      world.nodeDown = down;
    },
    kuboDown: down => {
      world.ipfsDown = down;
    },
    otherMint: () => world.chain.otherMint(),
    mints: async id =>
      world.chain.mints.filter(mint => mint.tokenURI.includes(id)).length,
    holds: async cid => world.pinned.has(cid)
  };
}

describe('accidents, over fakes', () => {
  it.each(ROWS.map(row => [row.step, row.fault, row] as const))(
    '%s: %s',
    async (_step, _fault, row) => play(stage(), row)
  );
});
