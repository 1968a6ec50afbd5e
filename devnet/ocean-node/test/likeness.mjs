/** Same shape, same words; other addresses, hashes, nonces and times. */
import assert from 'node:assert/strict';

const KINDS = [
  ['a DID', /^did:op:[0-9a-f]{64}$/],
  ['an address', /^0x[0-9a-fA-F]{40}$/],
  ['32 bytes', /^0x[0-9a-f]{64}$/],
  ['a sha256', /^[0-9a-f]{64}$/],
  ['a ciphertext', /^0x04[0-9a-f]{200,}$/],
  ['JSON in hex', /^0x7b22[0-9a-f]+7d$/],
  ['a nonce', /^\d{1,4}$/],
  ['a length above 10 MiB', /^10[4-9]\d{5}$/],
  ['a date', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/],
  ['a token', /^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+$/],
  ['a server here', /^http:\/\/127\.0\.0\.1:\d+$/],
  ['a peer', /^16Uiu2HA\w{40,}$/],
  ['a mangled ciphertext', /\ufffd/],
  ['what a gateway calls text', /^text\/(csv|plain)(; ?charset=utf-8)?$/]
];

/** Numbers that differ from run to run. */
const FREE_NUMBERS = ['validUntil', 'block', 'v'];

/** What this node says more than a real one. */
const EXTRA = ['notice'];

export function assertLike(actual, wanted, where, key = '') {
  if (Array.isArray(wanted)) {
    assert.ok(Array.isArray(actual), `${where}: an array`);
    assert.equal(actual.length, wanted.length, `${where}: length`);
    wanted.forEach((item, at) =>
      assertLike(actual[at], item, `${where}[${at}]`)
    );
  } else if (wanted !== null && typeof wanted === 'object') {
    const keys = Object.keys(actual).filter(name => !EXTRA.includes(name));
    assert.deepEqual(keys.sort(), Object.keys(wanted).sort(), `${where}: keys`);
    for (const name of keys) {
      assertLike(actual[name], wanted[name], `${where}.${name}`, name);
    }
  } else if (typeof wanted === 'number' && actual !== wanted) {
    const free = FREE_NUMBERS.includes(key) || /nodePublicKey/.test(where);
    assert.ok(free && Number.isInteger(actual), `${where}: ${actual}`);
  } else if (typeof wanted === 'string' && actual !== wanted) {
    const kind = KINDS.find(([, pattern]) => pattern.test(wanted));
    assert.ok(kind, `${where}: “${actual}”, recorded “${wanted}”`);
    assert.match(String(actual), kind[1], `${where}: ${kind[0]}`);
  } else {
    assert.equal(actual, wanted, where);
  }
}
