import drive from './drive/plugin';
import ipfs from './ipfs/plugin';
import market from './market/plugin';
import notebook from './notebook/plugin';
import pinning from './pinning/plugin';
import publish from './publish/plugin';
import server from './server';
import wallet from './wallet/plugin';

export * from './tokens';

export default [
  server,
  ipfs,
  drive,
  pinning,
  wallet,
  notebook,
  publish,
  market
];
