/** Running a program and keeping what it said for the case that it fails. */
import { spawn } from 'node:child_process';

import { StackError } from '../devnet/errors.mjs';

const LAST = 60;

/**
 * @param {string} what - for the message, e.g. `npm ci`
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<string>} its output
 * @throws {StackError} `command-failed`, with its last lines
 */
export function run(what, command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...options,
      stdio: ['ignore', 'pipe', 'pipe']
    });
    const output = [];
    child.stdout.on('data', part => output.push(part));
    child.stderr.on('data', part => output.push(part));
    child.once('error', error =>
      reject(
        new StackError('command-failed', `${what}: ${error.message}`, {
          cause: error
        })
      )
    );
    child.once('close', (code, signal) => {
      const text = Buffer.concat(output).toString();
      if (code === 0) {
        resolve(text);
        return;
      }
      const last = text.trimEnd().split('\n').slice(-LAST).join('\n');
      reject(
        new StackError(
          'command-failed',
          `${what} failed (${signal ?? `code ${code}`}):\n${last}`
        )
      );
    });
  });
}
