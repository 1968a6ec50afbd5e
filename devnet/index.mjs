/** `npm start`: the local stack on the command line. */
import { spawn } from 'node:child_process';

import { StackError } from './errors.mjs';
import { onPath } from './findKubo.mjs';
import { help, parseOptions } from './options.mjs';
import { setup } from '../tools/setup.mjs';

const RED = '\u001b[31m';
const PLAIN = '\u001b[0m';
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

const red = text =>
  process.stderr.isTTY && !process.env.NO_COLOR ? RED + text + PLAIN : text;
/** Words go to stderr: stdout belongs to the table or the line of JSON. */
const say = word => console.error(word);

function table(info, options, funds) {
  const rows = [
    ['JupyterLab', info.example],
    ['Ocean Node', info.oceanNode],
    ['Chain', `${info.chain} (id ${info.chainId})`],
    ['IPFS API', info.ipfsApi + (info.ipfsSecret ? ' (closed to others)' : '')],
    ['IPFS gateway', info.gateway],
    ['Addresses', info.addressFile],
    ['Logs', info.logs],
    ['State', info.state]
  ];
  const lines = rows.map(([name, value]) => `  ${name.padEnd(14)}${value}`);
  if (info.accounts.length) {
    lines.push(
      '',
      `  ${info.accounts.length} test accounts in the development wallet, each with ${funds} at first.`
    );
  }
  lines.push(
    `  IPFS is ${options.online ? 'online: what is pinned is announced to the public network' : 'offline: nothing leaves this machine (--online changes that)'}.`,
    '  Ctrl-C stops everything; files and assets stay.'
  );
  return lines.join('\n');
}

function openBrowser(url) {
  const command = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const program = onPath(command);
  const display =
    process.platform === 'darwin' ||
    process.env.DISPLAY ||
    process.env.WAYLAND_DISPLAY;
  if (!program || !display) {
    return;
  }
  const child = spawn(program, [url], { detached: true, stdio: 'ignore' });
  child.on('error', error => say(`No browser opened: ${error.message}`));
  child.unref();
}

/** Resolves with the name of the first signal that asks to stop. */
function asked() {
  return new Promise(resolve => {
    for (const name of SIGNALS) {
      process.on(name, () => resolve(name));
    }
    if (process.env.npm_lifecycle_event) {
      // npm's shell may die of a signal without handing it on.
      const parent = process.ppid;
      setInterval(() => {
        if (process.ppid !== parent) {
          resolve('the end of npm');
        }
      }, 1_000).unref();
    }
  });
}

/** The line that scripts read. */
function line(info) {
  const { web3, ...told } = info;
  return JSON.stringify({ ...told, ipfsSecretFile: web3.ipfs_secret_file });
}

async function run() {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    console.log(help());
    return 0;
  }
  const stopped = asked();
  await setup({ browser: options.check, say });
  // What is imported from here on needs what was just installed.
  if (options.check) {
    const { check } = await import('./check.mjs');
    return check(options, { say, asked: stopped });
  }
  const { startStack } = await import('./stack.mjs');
  const { FUNDS_IN_WORDS } = await import('./chain/deploy.mjs');
  if (options.exposeApp) {
    say(
      red(
        'The application is exposed to scripts in the page, and content can be published without a dialog: for tests only, never with notebooks that you do not trust.'
      )
    );
  }
  // Asked to stop while starting: it comes up first, then goes down in order.
  const stack = await startStack({ ...options, say });
  if (options.json) {
    console.log(line(stack.info));
  } else {
    console.log(`\n${table(stack.info, options, FUNDS_IN_WORDS)}\n`);
  }
  if (options.browser) {
    openBrowser(stack.info.example);
  }
  const outcome = await Promise.race([stopped, stack.failed]);
  if (outcome instanceof Error) {
    say(`\n${red(outcome.message)}\nThe rest was stopped.`);
    return 1;
  }
  say('\nstopping …');
  await stack.stop();
  say('stopped');
  return 0;
}

try {
  process.exitCode = await run();
} catch (error) {
  say(error instanceof StackError ? red(error.message) : error.stack);
  process.exitCode = 1;
}
// Handles of a failed start must not keep the terminal.
process.exit();
