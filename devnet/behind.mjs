/**
 * Start the local stack and, in front of it, a Jupyter server that somebody else
 * asks for (Binder, a hub): `node devnet/behind.mjs -- COMMAND [ARG…]`. The
 * browser reaches only that server; its routes reach the stack.
 *
 * `WEB3_STATE` names the folder of the stack's state.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';

import { copyExamples, linkLabextensions, serverConfig } from './lab.mjs';
import { DEFAULT_STATE, writeJson } from './paths.mjs';
import { startStack } from './stack.mjs';

const split = process.argv.indexOf('--');
const command = split < 0 ? [] : process.argv.slice(split + 1);
if (!command.length) {
  console.error('Usage: node devnet/behind.mjs -- COMMAND [ARG…]');
  process.exit(2);
}

const say = word => console.error(`[stack] ${word}`);
const stack = await startStack({
  state: process.env.WEB3_STATE || DEFAULT_STATE,
  lab: false,
  say
});
const { state, web3 } = stack.info;

const workspace = join(state, 'workspace');
const example = copyExamples(state, workspace);
const config = serverConfig({
  web3,
  labextensions: [linkLabextensions(state, { developmentWallet: true })]
});
Object.assign(config.ServerApp, {
  root_dir: workspace,
  // `jupyter lab` opens this, and a hub sends the person here.
  default_url: example ? `/lab/tree/${example}` : '/lab'
});
config.LabApp.default_url = config.ServerApp.default_url;
const folder = join(state, 'behind');
writeJson(join(folder, 'jupyter_server_config.json'), config, 0o600);

const server = spawn(command[0], command.slice(1), {
  stdio: 'inherit',
  env: {
    ...process.env,
    JUPYTER_CONFIG_PATH: [folder, process.env.JUPYTER_CONFIG_PATH]
      .filter(Boolean)
      .join(':')
  }
});

let code = 0;
const ended = new Promise(resolve => {
  server.once('error', error => {
    say(`${command[0]} did not start: ${error.message}`);
    code = 127;
    resolve();
  });
  server.once('exit', (status, signal) => {
    code = status ?? 128 + constants.signals[signal];
    resolve();
  });
});
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => server.kill(signal));
}
void stack.failed.then(error => {
  say(error.message);
  code = 1;
  server.kill('SIGTERM');
});
await ended;
await stack.stop();
process.exit(code);
