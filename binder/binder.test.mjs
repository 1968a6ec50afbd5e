/**
 * The Binder demo: the same postBuild and start as there, in a sandbox without
 * any network but its own loopback; the browser outside reaches one port of it,
 * Jupyter's, and does the main job through that.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { chromium } from '@playwright/test';

import { findChromium } from '../tools/chromium.mjs';
import { check } from '../ui-tests/check.mjs';
import { CHROMIUM_ARGS } from '../ui-tests/lab.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const INSIDE_PORT = 8888;
const sandboxed =
  spawnSync('bwrap', ['--unshare-net', '--ro-bind', '/', '/', 'true'])
    .status === 0;

/** Accepts on a Unix socket inside and hands on to Jupyter's port. */
const FORWARD = `
const net = require('net');
net.createServer(outer => {
  const inner = net.connect(${INSIDE_PORT}, '127.0.0.1');
  outer.pipe(inner).pipe(outer);
  outer.on('error', () => inner.destroy());
  inner.on('error', () => outer.destroy());
}).listen(process.argv[1]);
`;

async function until(what, attempt) {
  const end = Date.now() + 180_000;
  let last;
  while (Date.now() < end) {
    try {
      return await attempt();
    } catch (error) {
      last = error;
      await new Promise(resolve => setTimeout(resolve, 500));
    }
  }
  throw new Error(`${what}: ${last?.message}`);
}

test(
  'the main job through one port of a sandbox',
  {
    skip: sandboxed
      ? false
      : 'bubblewrap is not installed or may not make namespaces here',
    timeout: 15 * 60_000
  },
  async t => {
    const folder = mkdtempSync(join(tmpdir(), 'web3-binder-'));
    const state = join(folder, 'state');
    const socket = join(folder, 'jupyter.sock');
    mkdirSync(state);
    // Binder's environment is the one that the project made for itself.
    const env = {
      ...process.env,
      PATH: join(root, '.venv', 'bin') + delimiter + process.env.PATH,
      WEB3_STATE: state
    };
    const built = spawnSync(join(root, 'binder', 'postBuild'), {
      env,
      encoding: 'utf8'
    });
    assert.equal(built.status, 0, built.stdout + built.stderr);

    const token = randomBytes(16).toString('hex');
    const inside = [
      `node -e "$FORWARD" ${socket} &`,
      `exec ${join(root, 'binder', 'start')} jupyter lab --no-browser --allow-root`,
      `--ip=127.0.0.1 --port=${INSIDE_PORT} --IdentityProvider.token=${token}`,
      // The check drives the application; the demo itself does not expose it.
      '--LabApp.expose_app_in_browser=True'
    ].join(' ');
    const output = [];
    const sandbox = spawn(
      'bwrap',
      [
        '--unshare-net',
        '--unshare-pid',
        '--die-with-parent',
        ...['--bind', '/', '/'],
        ...['--dev', '/dev'],
        ...['--proc', '/proc'],
        ...['bash', '-c', inside]
      ],
      { env: { ...env, FORWARD }, stdio: ['ignore', 'pipe', 'pipe'] }
    );
    const ended = new Promise(resolve => sandbox.once('exit', resolve));
    sandbox.stdout.on('data', part => output.push(part));
    sandbox.stderr.on('data', part => output.push(part));
    const forward = net.createServer(outer => {
      const inner = net.connect(socket);
      outer.pipe(inner).pipe(outer);
      outer.on('error', () => inner.destroy());
      inner.on('error', () => outer.destroy());
    });
    t.after(async () => {
      forward.close();
      sandbox.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    });
    await new Promise(resolve => forward.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${forward.address().port}`;

    try {
      await until('Jupyter inside the sandbox', async () => {
        if (sandbox.exitCode !== null) {
          throw new Error(`the sandbox ended with ${sandbox.exitCode}`);
        }
        const response = await fetch(`${origin}/api/status?token=${token}`, {
          signal: AbortSignal.timeout(5000)
        });
        assert.equal(response.status, 200);
      });
      const browser = await chromium.launch({
        executablePath: await findChromium(),
        args: CHROMIUM_ARGS
      });
      try {
        const elsewhere = [];
        const result = await check({
          say: word => t.diagnostic(word),
          lab: `${origin}/lab?token=${token}`,
          browser: {
            newContext: async options => {
              const context = await browser.newContext(options);
              context.on('request', request => {
                const url = new URL(request.url());
                if (/^(http|ws)/.test(url.protocol) && url.origin !== origin) {
                  elsewhere.push(request.url());
                }
              });
              return context;
            }
          }
        });
        assert.equal(result.verified, true);
        assert.match(result.did, /^did:op:[0-9a-f]{64}$/);
        assert.deepEqual(
          elsewhere,
          [],
          'the browser asked elsewhere than at Jupyter'
        );
        t.diagnostic(JSON.stringify(result));
      } finally {
        await browser.close();
      }
    } catch (error) {
      error.message += `\n--- the sandbox said:\n${Buffer.concat(output).toString().slice(-8000)}`;
      throw error;
    }
  }
);
