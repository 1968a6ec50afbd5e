/**
 * `npm test`: sets up, then runs every check and test, past failures, and ends
 * with the one line `N passed, N failed, N skipped`.
 *
 * Two stages run at a time, from two lanes: what a Chromium does, mostly waiting for
 * it, and all else. What the second lane prints comes when its stage is over.
 *
 * `--long` runs the heavy tests in full, `--only STAGE` (repeatable) some stages.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

import { StackError } from '../devnet/errors.mjs';
import { ROOT } from '../devnet/paths.mjs';
import { setup } from './setup.mjs';
import { LANES, LIVE, stages } from './stages.mjs';

const total = { passed: 0, failed: 0, skipped: 0 };
const running = new Set();
let stopped = null;

const seconds = since => `${((performance.now() - since) / 1000).toFixed(1)} s`;
const words = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

function add(result) {
  for (const key of Object.keys(total)) {
    total[key] += result[key];
  }
}

/** End a stage with all that it started. */
function end(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    // ESRCH: it was quicker.
    if (error.code !== 'ESRCH') {
      throw error;
    }
  }
}

/** @returns {Promise<string | null>} null, or why it did not end well */
function execute([command, ...args], { env, timeout, print }) {
  return new Promise(resolve => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true
    });
    running.add(child);
    child.stdout.on('data', print);
    child.stderr.on('data', print);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      end(child, 'SIGTERM');
      setTimeout(() => end(child, 'SIGKILL'), 15_000).unref();
    }, timeout);
    const over = why => {
      clearTimeout(timer);
      running.delete(child);
      resolve(late ? `stopped after ${timeout / 60_000} minutes` : why);
    };
    child.once('error', error => over(error.message));
    const ended = (code, signal) =>
      over(code === 0 ? null : signal ? `ended by ${signal}` : `code ${code}`);
    child.once('close', ended);
    // What it left behind may hold its output open: that is not waited for.
    child.once('exit', (...how) =>
      setTimeout(() => ended(...how), 5_000).unref()
    );
  });
}

async function runStage(stage, folder, env) {
  const report = join(folder, stage.name);
  const since = performance.now();
  const kept = [];
  const print =
    stage.lane === LIVE
      ? part => process.stdout.write(part)
      : part => kept.push(part);
  print(`\n── ${stage.name}\n`);
  const problem = await execute(stage.command(report), {
    env: { ...env, ...stage.env?.(report) },
    timeout: stage.timeout,
    print
  });
  let result = { passed: problem ? 0 : 1, failed: problem ? 1 : 0, skipped: 0 };
  if (stage.count) {
    try {
      result = stage.count(report);
    } catch (error) {
      print(`no report: ${error.message}\n`);
      result = { passed: 0, failed: 1, skipped: 0 };
    }
    if (problem && !result.failed) {
      // It fell over outside of its tests.
      result.failed = 1;
    }
  }
  add(result);
  print(
    `── ${stage.name}: ${words(result)}${problem ? ` (${problem})` : ''}, ${seconds(since)}\n`
  );
  kept.forEach(part => process.stdout.write(part));
  return { name: stage.name, ...result, time: seconds(since) };
}

async function main() {
  const { values } = parseArgs({
    options: {
      long: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true }
    }
  });
  const since = performance.now();
  console.log('── setup');
  const made = await setup({
    browser: true,
    cluster: true,
    sandbox: true,
    say: word => console.log(word)
  });
  console.log(`── setup: ${seconds(since)}`);
  const all = stages({ python: made.python, long: values.long });
  const unknown = (values.only ?? []).filter(
    name => !all.some(stage => stage.name === name)
  );
  if (unknown.length) {
    throw new StackError(
      'options',
      `no stage ${unknown.join(', ')}; there are: ${all.map(stage => stage.name).join(', ')}`
    );
  }
  const env = {
    CHROMIUM_PATH: made.chromium,
    KUBO_PATH: made.kubo,
    PATH: `${dirname(made.python)}:${process.env.PATH}`,
    ...(values.long ? { WEB3_LONG: '1' } : {})
  };
  const folder = mkdtempSync(join(tmpdir(), 'web3-test-'));
  const rows = [];
  try {
    const wanted = all.filter(
      stage => !values.only || values.only.includes(stage.name)
    );
    await Promise.all(
      LANES.map(async lane => {
        for (const stage of wanted) {
          if (stage.lane === lane && !stopped) {
            rows.push(await runStage(stage, folder, env));
          }
        }
      })
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log('');
  for (const { name, time, ...result } of rows) {
    console.log(`${name.padEnd(24)}${words(result).padEnd(40)}${time}`);
  }
  console.log(`all${' '.repeat(61)}${seconds(since)}`);
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    stopped = signal;
    for (const child of running) {
      end(child, signal);
    }
  });
}

try {
  await main();
  if (stopped) {
    console.log(`stopped by ${stopped}`);
    total.failed += 1;
  }
} catch (error) {
  console.log(error instanceof StackError ? error.message : error.stack);
  total.failed += 1;
}
process.exitCode = total.failed ? 1 : 0;
console.log(words(total));
