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

module.exports = {
  resolve: {
    fallback: Object.fromEntries(nodeBuiltins.map(name => [name, false])),
    alias: {
      // For React Native only.
      '@react-native-async-storage/async-storage': false
    }
  }
};
