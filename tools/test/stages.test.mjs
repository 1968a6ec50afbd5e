/** The counters of `npm test`: a failure that is not counted is worse than none. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import {
  countJest,
  countJunit,
  countPlaywright,
  countTap
} from '../stages.mjs';

function file(t, text) {
  const folder = mkdtempSync(join(tmpdir(), 'web3-count-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'report');
  writeFileSync(path, text);
  return path;
}

test("node's own runner: passed, failed and skipped of a real run", t => {
  const suite = file(
    t,
    `const { test } = require('node:test');
     test('a', () => {});
     test('b', () => { throw new Error('no'); });
     test('c', { skip: true }, () => {});
     test('d', { todo: true }, () => {});`
  );
  // Inside a test run node would take the inner one for a part of itself.
  const env = { ...process.env };
  delete env.NODE_TEST_CONTEXT;
  const { stdout } = spawnSync(
    process.execPath,
    ['--test-reporter=tap', suite],
    { env, encoding: 'utf8' }
  );
  assert.deepEqual(countTap(file(t, stdout)), {
    passed: 1,
    failed: 1,
    skipped: 2
  });
});

test('jest: a suite that did not run is a failure', t => {
  const report = {
    numPassedTests: 3,
    numFailedTests: 1,
    numRuntimeErrorTestSuites: 2,
    numPendingTests: 1,
    numTodoTests: 1
  };
  assert.deepEqual(countJest(file(t, JSON.stringify(report))), {
    passed: 3,
    failed: 3,
    skipped: 2
  });
});

test('pytest: errors are failures', t => {
  const xml =
    '<?xml version="1.0"?><testsuites><testsuite name="pytest" errors="1" failures="2" skipped="3" tests="10" time="1"></testsuite></testsuites>';
  assert.deepEqual(countJunit(file(t, xml)), {
    passed: 4,
    failed: 3,
    skipped: 3
  });
});

test('Playwright: what passed only the second time is a failure', t => {
  const report = {
    stats: { expected: 5, unexpected: 1, flaky: 1, skipped: 2 },
    errors: [{ message: 'global set-up' }]
  };
  assert.deepEqual(countPlaywright(file(t, JSON.stringify(report))), {
    passed: 5,
    failed: 3,
    skipped: 2
  });
});

test('a report that was not written is noticed', t => {
  assert.throws(() => countTap(file(t, '')));
  assert.throws(() => countJunit(file(t, '')));
  assert.throws(() => countJest(file(t, '')));
});
