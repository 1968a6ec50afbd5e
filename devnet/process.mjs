/** A part of the stack: one child process with its log, its end, its last words. */
import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync
} from 'node:fs';
import { dirname, join } from 'node:path';

import { StackError } from './errors.mjs';
import { DEVNET } from './paths.mjs';

const STOP_GRACE = 10_000;
const LAST_LINES = 15;

export const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));

/** The watchdog of one stack (see watchdog.mjs). */
export class Watchdog {
  constructor() {
    this._child = spawn(process.execPath, [join(DEVNET, 'watchdog.mjs')], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore']
    });
    // A pipe that broke says that the watchdog was ended from outside; the
    // stack itself is fine without one.
    this._child.stdin.on('error', () => undefined);
    this._child.unref();
  }

  get pid() {
    return this._child.pid;
  }

  watch(pid, signal) {
    this._tell({ watch: pid, signal });
  }

  forget(pid) {
    this._tell({ forget: pid });
  }

  /** Let go: what is still watched is ended. */
  close() {
    this._child.stdin.end();
  }

  _tell(order) {
    if (this._child.stdin.writable) {
      this._child.stdin.write(JSON.stringify(order) + '\n');
    }
  }
}

/**
 * One process of the stack. It leads a process group of its own, so that Ctrl-C
 * in the terminal reaches only the starter, which ends the parts in order.
 */
export class Part {
  /**
   * @param {object} o
   * @param {string} o.name - for a person, e.g. `Kubo`
   * @param {() => {command: string, args: string[], env?: object, cwd?: string}} o.launch - asked anew at each start
   * @param {(part: Part) => Promise<boolean>} o.ready - asked until true
   * @param {string} o.log - log file
   * @param {number} [o.timeout] - ms until it has to be ready
   * @param {NodeJS.Signals} [o.signal] - that ends it gracefully
   * @param {(part: Part) => Promise<void>} [o.beforeStop] - e.g. to save
   */
  constructor(o) {
    this.name = o.name;
    this.log = o.log;
    this.url = o.url ?? null;
    this._o = { timeout: 60_000, signal: 'SIGTERM', ...o };
    /** Called when it ends unasked. */
    this.onCrash = null;
    this.watchdog = null;
    this._child = null;
  }

  get pid() {
    return this._child?.pid ?? null;
  }

  get running() {
    return this._child !== null;
  }

  /** Start it and wait until it is ready; throws `StackError` with its last lines. */
  async start() {
    if (this._child) {
      return;
    }
    const { command, args, env, cwd } = this._o.launch();
    mkdirSync(dirname(this.log), { recursive: true });
    if (existsSync(this.log)) {
      renameSync(this.log, this.log + '.1');
    }
    // Straight into a file: a part must not fall over a pipe whose reader died.
    const out = openSync(this.log, 'a', 0o600);
    let child;
    try {
      child = spawn(command, args, {
        cwd,
        env: env ?? process.env,
        detached: true,
        stdio: ['ignore', out, out]
      });
    } finally {
      closeSync(out);
    }
    const ended = new Promise(resolve => {
      child.once('error', error => resolve({ error }));
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    this._child = child;
    this._stopping = false;
    this._ended = ended;
    if (child.pid) {
      this.watchdog?.watch(child.pid, this._o.signal);
    }
    let over = null;
    void ended.then(how => {
      over = how;
      if (this._child === child) {
        this._child = null;
      }
      if (this._stopping || !this._ready) {
        return;
      }
      this._ready = false;
      this._sweep(child.pid);
      this.onCrash?.(this, this._died(how));
    });
    this._ready = false;
    const end = Date.now() + this._o.timeout;
    for (let wait = 20; ; wait = Math.min(wait * 1.5, 250)) {
      if (over) {
        this._sweep(child.pid);
        throw this._died(over);
      }
      if (await this._o.ready(this).catch(() => false)) {
        break;
      }
      if (Date.now() > end) {
        await this.kill();
        throw new StackError(
          'part-timeout',
          `${this.name} was not ready after ${this._o.timeout / 1000} s.\n${this.lastLines()}`
        );
      }
      await sleep(wait);
    }
    if (over) {
      throw this._died(over);
    }
    this._ready = true;
  }

  /** End it gracefully, then by force; resolves when it is gone. */
  async stop(signal = this._o.signal) {
    const child = this._child;
    if (!child?.pid) {
      return;
    }
    this._stopping = true;
    if (signal !== 'SIGKILL') {
      await this._o.beforeStop?.(this);
    }
    this._signal(child.pid, signal);
    const forced = setTimeout(
      () => this._signal(child.pid, 'SIGKILL'),
      STOP_GRACE
    );
    await this._ended;
    clearTimeout(forced);
    this._sweep(child.pid);
    this._child = null;
    this._ready = false;
  }

  /** End it as a crash would, without `onCrash`. */
  kill() {
    return this.stop('SIGKILL');
  }

  async restart() {
    await this.stop();
    await this.start();
  }

  /** What it printed last, for a message. */
  lastLines(count = LAST_LINES) {
    if (!existsSync(this.log)) {
      return '';
    }
    const lines = readFileSync(this.log, 'utf8').trimEnd().split('\n');
    return lines.slice(-count).join('\n');
  }

  /** What it printed since it started. */
  output() {
    return existsSync(this.log) ? readFileSync(this.log, 'utf8') : '';
  }

  _died({ error, code, signal }) {
    const why = error
      ? error.message
      : signal
        ? `it was ended by ${signal}`
        : `it ended with code ${code}`;
    return new StackError(
      'part-died',
      `${this.name} stopped: ${why}. Its last lines (${this.log}):\n${this.lastLines()}`
    );
  }

  /** Its own children must not outlive it. */
  _sweep(pid) {
    if (pid) {
      this._signal(pid, 'SIGKILL');
      this.watchdog?.forget(pid);
    }
  }

  _signal(pid, signal) {
    try {
      process.kill(-pid, signal);
    } catch (error) {
      // ESRCH: gone already, which is what was wanted.
      if (error.code !== 'ESRCH') {
        throw error;
      }
    }
  }
}
