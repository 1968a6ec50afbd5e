/**
 * Makes a clone ready: Python environment, JavaScript packages, builds, Kubo.
 *
 * Needs Node, Python and Go, and uses nothing but Node's own modules, since it
 * runs before anything is installed. Each step is stamped with a hash of what it
 * depends on: what did not change costs nothing.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { StackError } from '../devnet/errors.mjs';
import { findCluster } from '../devnet/cluster/find.mjs';
import { findCompliance } from '../devnet/compliance/find.mjs';
import { findKubo, onPath } from '../devnet/findKubo.mjs';
import { lockState } from '../devnet/lock.mjs';
import { DEVNET, ROOT, writeJson } from '../devnet/paths.mjs';
import { sleep } from '../devnet/process.mjs';
import { findChromium, installDebian } from './chromium.mjs';
import { environment, installProject } from './python.mjs';
import { run } from './run.mjs';

const NODE_OLDEST = 20;
const STAMPS = join(ROOT, '.devnet', 'stamps.json');
const EXTENSIONS = join(ROOT, 'extensions');
const IGNORED = new Set(['node_modules', 'lib', 'labextension', '__tests__']);

/** All files below the given files and folders, sorted. */
function filesOf(paths) {
  const found = [];
  const walk = path => {
    if (!existsSync(path)) {
      return;
    }
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) {
        if (!IGNORED.has(name)) {
          walk(join(path, name));
        }
      }
    } else if (!path.endsWith('.tsbuildinfo')) {
      found.push(path);
    }
  };
  paths.forEach(walk);
  return found;
}

function hashOf(paths, more = '') {
  const hash = createHash('sha256').update(more);
  for (const file of filesOf(paths)) {
    hash.update(`${file}\0`).update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

const at = (...names) => join(ROOT, ...names);

class Stamps {
  constructor() {
    this._known = existsSync(STAMPS)
      ? JSON.parse(readFileSync(STAMPS, 'utf8'))
      : {};
  }

  /** Run `work` unless its inputs and its result are as they were. */
  async step(name, { inputs, more, result, work }) {
    const hash = hashOf(inputs, more);
    if (this._known[name] === hash && existsSync(result)) {
      return;
    }
    delete this._known[name];
    await work();
    this._known[name] = hash;
    writeJson(STAMPS, this._known);
  }
}

function extensions() {
  return readdirSync(EXTENSIONS)
    .map(name => join(EXTENSIONS, name))
    .filter(folder => existsSync(join(folder, 'tsconfig.json')));
}

/** Yarn does not read npm's configuration: tell it the registry that npm uses. */
async function yarnEnvironment() {
  const answer = await run('npm config', 'npm', ['config', 'get', 'registry'], {
    cwd: ROOT
  });
  const registry = answer
    .split('\n')
    .map(line => line.trim())
    .find(line => /^https?:\/\//.test(line))
    ?.replace(/\/+$/, '');
  if (!registry) {
    return {};
  }
  const { protocol, hostname } = new URL(registry);
  return {
    YARN_NPM_REGISTRY_SERVER: registry,
    ...(protocol === 'http:' ? { YARN_UNSAFE_HTTP_WHITELIST: hostname } : {})
  };
}

async function packages(stamps, { python, bin, say }) {
  await stamps.step(`python ${python}`, {
    inputs: [at('pyproject.toml'), at('jupyter-config'), at('install.json')],
    more: python,
    result: join(bin, 'jlpm'),
    work: () => installProject(python, say)
  });
  await stamps.step('javascript', {
    inputs: [
      at('package.json'),
      at('yarn.lock'),
      at('.yarnrc.yml'),
      ...extensions().map(folder => join(folder, 'package.json'))
    ],
    result: at('node_modules', '.yarn-state.yml'),
    work: async () => {
      say('installing JavaScript packages');
      await run('jlpm install', join(bin, 'jlpm'), ['install', '--immutable'], {
        cwd: ROOT,
        env: {
          ...process.env,
          ...(await yarnEnvironment()),
          PATH: `${bin}:${process.env.PATH}`
        }
      });
    }
  });
  await stamps.step('devnet', {
    inputs: [join(DEVNET, 'package.json'), join(DEVNET, 'package-lock.json')],
    result: join(DEVNET, 'node_modules', '.package-lock.json'),
    work: async () => {
      say('installing the local chain');
      await run(
        'npm ci',
        'npm',
        ['ci', '--ignore-scripts', '--no-audit', '--no-fund'],
        {
          cwd: DEVNET
        }
      );
    }
  });
}

async function build(stamps, { name, main, folder, inputs, output, bin, say }) {
  await stamps.step(name, {
    inputs: [...inputs, at('yarn.lock')],
    result: join(output, 'package.json'),
    work: async () => {
      say(`building ${name}`);
      // A record of what was emitted is worth nothing without what was emitted.
      if (!existsSync(join(folder, main))) {
        for (const file of readdirSync(folder)) {
          if (file.endsWith('.tsbuildinfo')) {
            rmSync(join(folder, file));
          }
        }
      }
      const env = {
        ...process.env,
        PATH: `${bin}:${join(ROOT, 'node_modules', '.bin')}:${process.env.PATH}`
      };
      const tsc = at('node_modules', 'typescript', 'bin', 'tsc');
      await run('tsc', process.execPath, [tsc, '--incremental'], {
        cwd: folder,
        env
      });
      await run(
        'jupyter-builder',
        join(bin, 'jupyter-builder'),
        ['build', '.'],
        {
          cwd: folder,
          env
        }
      );
    }
  });
}

async function builds(stamps, { bin, say }) {
  await build(stamps, {
    name: 'jupyterlab-web3',
    main: join('lib', 'index.js'),
    folder: ROOT,
    inputs: [
      ...['src', 'style', 'schema', 'package.json'].map(name => at(name)),
      ...['tsconfig.json', 'webpack.config.js', 'webpack.builtins.js'].map(
        name => at(name)
      )
    ],
    output: at('jupyterlab_web3', 'labextension'),
    bin,
    say
  });
  for (const folder of extensions()) {
    const manifest = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8')
    );
    await build(stamps, {
      name: manifest.name,
      main: manifest.main,
      folder,
      inputs: [
        folder,
        join(EXTENSIONS, 'eip6963.ts'),
        ...['tsconfig.json', 'webpack.builtins.js'].map(name => at(name))
      ],
      output: resolve(folder, manifest.jupyterlab.outputDir),
      bin,
      say
    });
  }
}

/** One set-up of a checkout at a time; another one waits for it. */
async function alone(say) {
  for (let told = false; ; told = true) {
    try {
      return await lockState(at('.devnet'));
    } catch (error) {
      if (error.code !== 'already-running') {
        throw error;
      }
      if (!told) {
        say('waiting for another set-up of this checkout');
      }
      await sleep(500);
    }
  }
}

/**
 * @param {object} [o]
 * @param {string} [o.python] - an environment to install into, instead of `.venv`
 * @param {boolean} [o.browser] - find (or install) a Chromium too
 * @param {boolean} [o.cluster] - build ipfs-cluster, the tests' pinning service, and
 *   install the suite that says how well it keeps to the specification
 * @param {boolean} [o.sandbox] - and bubblewrap, for the Binder test
 * @param {boolean} [o.quiet] - only errors
 * @param {(word: string) => void} [o.say]
 * @returns {Promise<{python: string, kubo: string, chromium: string | null}>}
 * @throws {StackError}
 */
export async function setup(o = {}) {
  const say = o.quiet
    ? () => undefined
    : (o.say ?? (word => console.error(word)));
  const major = Number(process.versions.node.split('.')[0]);
  if (major < NODE_OLDEST) {
    throw new StackError(
      'node-old',
      `Node ${NODE_OLDEST} or newer is needed; this is ${process.versions.node}.`
    );
  }
  mkdirSync(at('.devnet'), { recursive: true });
  const lock = await alone(say);
  try {
    const stamps = new Stamps();
    const python = o.python ? resolve(o.python) : await environment(say);
    const bin = dirname(python);
    await packages(stamps, { python, bin, say });
    await builds(stamps, { bin, say });
    const kubo = await findKubo(say);
    if (o.cluster) {
      await findCluster(say);
      await findCompliance(say);
    }
    const chromium = o.browser ? await findChromium(say) : null;
    if (o.sandbox && !onPath('bwrap')) {
      installDebian(['bubblewrap'], say);
    }
    return { python, kubo, chromium };
  } finally {
    lock.release();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const { values } = parseArgs({
      options: {
        python: { type: 'string' },
        browser: { type: 'boolean', default: false }
      }
    });
    await setup(values);
  } catch (error) {
    console.error(error instanceof StackError ? error.message : error.stack);
    process.exitCode = 1;
  }
}
