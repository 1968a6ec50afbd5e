/**
 * Unit tests run in a browser-like environment, or in plain Node by docblock.
 * What needs the local stack is named `*.stack.spec.ts` and runs apart
 * (`tools/test.mjs`).
 */
module.exports = {
  testEnvironment: '<rootDir>/tools/jestEnvironment.js',
  testEnvironmentOptions: {
    customExportConditions: ['node', 'require', 'default']
  },
  resolver: '<rootDir>/tools/jestResolver.js',
  roots: ['<rootDir>/src', '<rootDir>/extensions'],
  testMatch: ['**/__tests__/**/*.spec.ts', '**/__tests__/**/*.spec.tsx'],
  testPathIgnorePatterns: ['/node_modules/', '/lib/', '\\.stack\\.spec\\.ts$'],
  moduleFileExtensions: ['ts', 'tsx', 'js', 'mjs', 'cjs', 'json', 'node'],
  moduleNameMapper: {
    '\\.(css|less|sass|scss)$': '<rootDir>/tools/jestStyle.js',
    '\\.svg$': '<rootDir>/tools/jestSvg.js',
    '\\.svg\\?raw$': '<rootDir>/tools/jestSvg.js'
  },
  transformIgnorePatterns: ['/node_modules/(@jest|jest|jsdom|typescript)/'],
  transform: { '\\.(ts|tsx|js|mjs)$': '<rootDir>/tools/jestTransform.js' }
};
