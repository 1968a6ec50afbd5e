const path = require('path');
const { rspack } = require('@rspack/core');

const nodeBuiltins = require('./webpack.builtins');

module.exports = {
  resolve: {
    fallback: nodeBuiltins,
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
