import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isTestnet } from '../network.mjs';

test('a chain that nobody knows is no test network', () => {
  // Ethereum, OP, Gnosis, Polygon, Filecoin, Base, Arbitrum, Avalanche, Celo.
  for (const id of [1, 10, 100, 137, 314, 8453, 42161, 43114, 42220, 123456]) {
    assert.equal(isTestnet(id), false, String(id));
  }
  for (const id of [8996, 31337, 11155111, 84532, 23295, 314159]) {
    assert.equal(isTestnet(id), true, String(id));
  }
});
