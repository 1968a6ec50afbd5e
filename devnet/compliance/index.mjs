/** The public compliance suite of the Pinning Service API, as data. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { StackError } from '../errors.mjs';
import { findCompliance } from './find.mjs';

const LIMIT_MS = 120_000;

/** What differs from run to run in the suite's words. */
const same = title =>
  title
    .replace(/'?\bbaf[a-z2-7]{50,}\b'?/g, '<CID>')
    .replace(/'[0-9a-f-]{15,36}'/gi, '<name>')
    .replace(/(created before) '[^']*'/, '$1 <time>');

function read(file) {
  const calls = readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line));
  // A call is told after those that follow from it.
  const parents = new Map(calls.map(call => [call.title, call]));
  const check = call =>
    call.parent === null ? call : check(parents.get(call.parent));
  const found = new Map();
  for (const call of calls) {
    const name = same(check(call).title);
    const list = found.get(name) ?? [];
    found.set(name, list);
    for (const { title, success, error } of call.expectations) {
      list.push({
        of: call.parent === null ? '' : same(call.title),
        title: same(title),
        success,
        // What a person needs to judge a failure.
        ...(success
          ? {}
          : {
              saw: [`status ${call.status}`, error, call.schema, call.text]
                .filter(Boolean)
                .join('; ')
                .slice(0, 1000)
            })
      });
    }
  }
  return [...found].map(([title, expectations]) => ({ title, expectations }));
}

/**
 * Run the suite's checks against a service that is thrown away afterwards.
 *
 * @param {object} o
 * @param {string} o.endpoint - of the Pinning Service API; `/pins` follows
 * @param {string} o.token - for `Bearer`
 * @param {string} o.kubo - RPC of a Kubo whose blocks the service can fetch
 * @param {(word: string) => void} [o.say]
 * @returns {Promise<Array<{title: string, expectations: Array<{of: string, title: string, success: boolean, saw?: string}>}>>}
 *   the checks in order; `of` names the call that follows from a check's first
 * @throws {StackError} `compliance-install`, `compliance-run`
 */
export async function compliance({ endpoint, token, kubo, say }) {
  const program = await findCompliance(say);
  const folder = mkdtempSync(join(tmpdir(), 'web3-compliance-'));
  const report = join(folder, 'report.jsonl');
  try {
    const preload = new URL('./preload.mjs', import.meta.url).href;
    const child = spawn(
      process.execPath,
      ['--import', preload, program, '-s', endpoint, token],
      {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          ...process.env,
          WEB3_COMPLIANCE: JSON.stringify({
            endpoint,
            token,
            kubo,
            folder,
            report
          })
        },
        timeout: LIMIT_MS
      }
    );
    let words = '';
    const keep = part => (words += part);
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const code = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status, signal) => resolve(status ?? signal));
    });
    // It ends with 0 however its checks end.
    if (code !== 0 || !existsSync(report)) {
      throw new StackError(
        'compliance-run',
        `The pinning compliance suite ended with ${code}: ${words.slice(-2000)}`
      );
    }
    return read(report);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
