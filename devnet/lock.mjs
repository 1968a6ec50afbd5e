/** One stack a state folder. */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { join } from 'node:path';

import { StackError } from './errors.mjs';
import { sleep } from './process.mjs';

const WATCHDOG_GRACE = 15_000;

/** When a process started, in ticks: tells a reused pid from the old one (Linux; else null). */
function startTime(pid) {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) {
    return null;
  }
  try {
    const text = readFileSync(file, 'utf8');
    // The name in parentheses may hold spaces; starttime is the 22nd field.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') {
      return null;
    }
    throw error;
  }
}

function alive(pid, started) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  return !started || !startTime(pid) || startTime(pid) === started;
}

/** The lock's owner, or null when there is none alive. */
function owner(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) {
      return null;
    }
    throw error;
  }
}

/**
 * Take the state; a starter that died is succeeded once its watchdog is done.
 *
 * @param {string} state - folder
 * @returns {Promise<{watchdog(pid: number): void, release(): void}>}
 * @throws {StackError} `already-running`
 */
export async function lockState(state) {
  const file = join(state, 'lock');
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const mine = { pid: process.pid, started: startTime(process.pid) };
  for (let first = true; ; first = false) {
    try {
      writeFileSync(file, JSON.stringify(mine), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') {
        throw error;
      }
    }
    const other = owner(file);
    if (other && alive(other.pid, other.started)) {
      throw new StackError(
        'already-running',
        `The stack of ${state} is running already (process ${other.pid}). Stop it with Ctrl-C there, or use another one with --state FOLDER.`
      );
    }
    if (first && other?.watchdog) {
      const end = Date.now() + WATCHDOG_GRACE;
      while (alive(other.watchdog, other.watchdogStarted) && Date.now() < end) {
        await sleep(100);
      }
    }
    rmSync(file, { force: true });
  }
  return {
    watchdog(pid) {
      writeFileSync(
        file,
        JSON.stringify({
          ...mine,
          watchdog: pid,
          watchdogStarted: startTime(pid)
        })
      );
    },
    release() {
      if (owner(file)?.pid === process.pid) {
        rmSync(file, { force: true });
      }
    }
  };
}
