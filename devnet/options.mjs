/** Options of `npm start`: one table for parsing and for --help. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { StackError } from './errors.mjs';
import { DEFAULT_STATE } from './paths.mjs';

const OPTIONS = {
  'no-browser': ['', 'do not open a browser'],
  port: ['NUMBER', 'port of JupyterLab'],
  json: ['', 'print one line of JSON when all is ready'],
  'expose-app': [
    '',
    'expose the application to scripts in the page and allow silent publishing: for tests only'
  ],
  'ipfs-api': ['URL', 'use a Kubo that runs elsewhere'],
  chain: ['URL', 'use a chain that runs elsewhere (with --address-file)'],
  'address-file': ['FILE', 'addresses of the Ocean contracts on that chain'],
  'ocean-node': ['URL', 'use an Ocean Node that runs elsewhere'],
  state: ['FOLDER', 'where the stack keeps its state (.devnet/state)'],
  reset: ['', 'start with an empty chain and IPFS repository on new ports'],
  online: ['', 'let Kubo join the public network'],
  check: ['', 'do the main job in a headless browser, print its result, stop'],
  help: ['', 'this list']
};

export function help() {
  const rows = Object.entries(OPTIONS).map(([name, [value, what]]) => [
    `--${name}${value ? ' ' + value : ''}`,
    what
  ]);
  const width = Math.max(...rows.map(([left]) => left.length));
  return [
    'npm start -- [options]',
    '',
    ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
  ].join('\n');
}

function wrong(message) {
  return new StackError('options', `${message} (--help lists the options)`);
}

function url(values, name) {
  const value = values[name];
  if (value === undefined) {
    return null;
  }
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    throw wrong(`--${name} takes an http(s) URL, not "${value}"`);
  }
  return value.replace(/\/+$/, '');
}

function port(values) {
  if (values.port === undefined) {
    return null;
  }
  const number = Number(values.port);
  if (!Number.isInteger(number) || number < 1 || number > 65535) {
    throw wrong(`--port takes a number from 1 to 65535, not "${values.port}"`);
  }
  return number;
}

/**
 * @param {string[]} argv - without node and script
 * @throws {StackError} `options`
 */
export function parseOptions(argv) {
  let values;
  try {
    ({ values } = parseArgs({
      args: argv,
      options: Object.fromEntries(
        Object.entries(OPTIONS).map(([name, [value]]) => [
          name,
          { type: value ? 'string' : 'boolean' }
        ])
      )
    }));
  } catch (error) {
    throw wrong(error.message);
  }
  const options = {
    browser: !values['no-browser'] && !values.json && !values.check,
    port: port(values),
    json: !!values.json,
    exposeApp: !!values['expose-app'],
    ipfsApi: url(values, 'ipfs-api'),
    chain: url(values, 'chain'),
    addressFile: values['address-file']
      ? resolve(values['address-file'])
      : null,
    oceanNode: url(values, 'ocean-node'),
    state: values.state ? resolve(values.state) : DEFAULT_STATE,
    reset: !!values.reset,
    online: !!values.online,
    check: !!values.check,
    help: !!values.help
  };
  if (!!options.chain !== !!options.addressFile) {
    throw wrong('--chain and --address-file belong together');
  }
  if (options.check && options.chain) {
    throw wrong('--check needs the local chain, whose accounts it knows');
  }
  return options;
}
