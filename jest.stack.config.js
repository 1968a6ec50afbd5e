/**
 * Tests against the real stack without JupyterLab: Kubo, anvil with the Ocean
 * contracts, the development Ocean Node. `process.env.WEB3_STACK` holds its
 * addresses as JSON (`info` of devnet/stack.mjs).
 */
const unit = require('./jest.config.js');

module.exports = {
  ...unit,
  testEnvironment: 'node',
  testMatch: ['**/__tests__/**/*.stack.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/lib/'],
  // Built copies carry the names of their sources.
  modulePathIgnorePatterns: ['/labextension/'],
  globalSetup: '<rootDir>/tools/jestStack.mjs',
  globalTeardown: '<rootDir>/tools/jestStackEnd.mjs',
  // One chain for all: its blocks and nonces are shared.
  maxWorkers: 1,
  testTimeout: 60_000
};
