const path = require('path');
const { rspack } = require('@rspack/core');

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
      // lib imports these for things that the Ocean Node does for us; their
      // Node builds throw when loaded in a page (see src/ocean/shims).
      '@oceanprotocol/ddo-js': path.resolve(
        __dirname,
        'lib/ocean/shims/ddoJs.js'
      ),
      jsonwebtoken: path.resolve(__dirname, 'lib/ocean/shims/jsonwebtoken.js')
    }
  },
  plugins: [
    new rspack.NormalModuleReplacementPlugin(/^node:/, resource => {
      resource.request = resource.request.slice('node:'.length);
    })
  ]
};
