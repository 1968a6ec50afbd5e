const nodeBuiltins = require('../../webpack.builtins');

module.exports = {
  resolve: {
    fallback: nodeBuiltins,
    alias: {
      // For React Native only.
      '@react-native-async-storage/async-storage': false
    }
  }
};
