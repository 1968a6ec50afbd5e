// Node builtins that dependencies mention but never reach in a browser.
const nodeBuiltins = [
  'fs',
  'crypto',
  'path',
  'stream',
  'url',
  'zlib',
  'http',
  'https',
  'os',
  'net',
  'tls',
  'child_process',
  'util'
];

/** For `resolve.fallback`: none of them is bundled. */
module.exports = Object.fromEntries(nodeBuiltins.map(name => [name, false]));
