import assert from 'node:assert/strict';
import { test } from 'node:test';

import { help, parseOptions } from '../options.mjs';

test('without options: the kept state and a browser', () => {
  const options = parseOptions([]);
  assert.match(options.state, /\.devnet[/\\]state$/);
  assert.equal(options.browser, true);
  assert.equal(options.exposeApp, false);
  assert.equal(options.online, false);
});

test('scripts get no browser window', () => {
  for (const flag of ['--no-browser', '--json', '--check']) {
    assert.equal(parseOptions([flag]).browser, false, flag);
  }
});

test('URLs lose their last slash, folders become absolute', () => {
  const options = parseOptions([
    '--ipfs-api=http://127.0.0.1:5001/',
    '--ocean-node=https://node.example/ocean/',
    '--state=some/folder'
  ]);
  assert.equal(options.ipfsApi, 'http://127.0.0.1:5001');
  assert.equal(options.oceanNode, 'https://node.example/ocean');
  assert.match(options.state, /^\/.*some\/folder$/);
});

for (const argv of [
  ['--nonsense'],
  ['--port=0'],
  ['--port=seventy'],
  ['--port=70000'],
  ['--ipfs-api=127.0.0.1:5001'],
  ['--ocean-node=file:///etc/passwd'],
  ['--chain=http://127.0.0.1:8545'],
  ['--address-file=a.json'],
  ['--check', '--chain=http://127.0.0.1:8545', '--address-file=a.json'],
  ['stray']
]) {
  test(`refused: ${argv.join(' ')}`, () => {
    assert.throws(() => parseOptions(argv), { code: 'options' });
  });
}

test('every option is in the help', () => {
  for (const name of ['--reset', '--expose-app', '--check', '--online']) {
    assert.ok(help().includes(name), name);
  }
});
