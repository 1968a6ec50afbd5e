/** JupyterLab with the suite, configured for the stack, apart from the person's own. */
import { createHash, randomBytes } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync
} from 'node:fs';
import { dirname, join, relative } from 'node:path';

import { StackError } from './errors.mjs';
import { ROOT, VENV, writeJson, writeWhole } from './paths.mjs';
import { Part } from './process.mjs';

const EXAMPLES = join(ROOT, 'examples');
/** Built labextensions: the suite, and what only the local stack loads. */
const SUITE = join(ROOT, 'jupyterlab_web3', 'labextension');
const DEVELOPMENT_WALLET = join(
  ROOT,
  'extensions',
  'development-wallet',
  'labextension'
);
const METAMASK_SDK = join(ROOT, 'extensions', 'metamask-sdk', 'labextension');

function nameOf(labextension) {
  const manifest = join(labextension, 'package.json');
  if (!existsSync(manifest)) {
    throw new StackError(
      'not-built',
      `${relative(ROOT, labextension)} is not built: run npm run setup.`
    );
  }
  return JSON.parse(readFileSync(manifest, 'utf8')).name;
}

/**
 * A folder of links to the checkout's labextensions. Jupyter looks there before
 * its own folders, where an installation may have left an older copy.
 */
export function linkLabextensions(state, { developmentWallet }) {
  const folder = join(state, 'lab', 'labextensions');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const wanted = [
    SUITE,
    METAMASK_SDK,
    ...(developmentWallet ? [DEVELOPMENT_WALLET] : [])
  ];
  for (const source of wanted) {
    const link = join(folder, nameOf(source));
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(source, link, 'dir');
  }
  return folder;
}

const hash = file =>
  createHash('sha256').update(readFileSync(file)).digest('hex');

/**
 * Copy the examples into the workspace. What the person changed stays as it is,
 * what they deleted stays away; what they never touched follows the checkout.
 */
export function copyExamples(state, workspace, examples = EXAMPLES) {
  mkdirSync(workspace, { recursive: true });
  if (!existsSync(examples)) {
    return null;
  }
  const record = join(state, 'examples.json');
  const copied = existsSync(record)
    ? JSON.parse(readFileSync(record, 'utf8'))
    : {};
  const files = readdirSync(examples, { recursive: true })
    .filter(
      name =>
        !/(^|\/)[._]/.test(name) && lstatSync(join(examples, name)).isFile()
    )
    .sort();
  for (const name of files) {
    const target = join(workspace, name);
    const untouched = existsSync(target)
      ? hash(target) === copied[name]
      : !copied[name];
    if (untouched) {
      writeWhole(target, readFileSync(join(examples, name)));
      copied[name] = hash(target);
    }
  }
  writeJson(record, copied);
  return (
    files.find(
      name => name.endsWith('.ipynb') && existsSync(join(workspace, name))
    ) ?? null
  );
}

function tokenOf(file) {
  if (!existsSync(file)) {
    writeWhole(file, randomBytes(24).toString('hex') + '\n', 0o600);
  }
  return readFileSync(file, 'utf8').trim();
}

/** `Web3` traits of the server part (jupyterlab_web3/config.py). */
export function web3Traits({
  ipfsApi,
  ipfsSocket,
  gateway,
  secretFile,
  managed,
  networkFile,
  oceanNode,
  accountsFile
}) {
  return {
    ipfs_api: ipfsApi,
    ...(ipfsSocket ? { ipfs_socket: ipfsSocket } : {}),
    ipfs_gateway: gateway,
    ipfs_managed: managed,
    network_file: networkFile,
    ocean_node: oceanNode,
    ...(secretFile ? { ipfs_secret_file: secretFile } : {}),
    ...(accountsFile ? { development_accounts_file: accountsFile } : {})
  };
}

/** Configuration of a Jupyter server that serves the suite. */
export function serverConfig({ web3, labextensions, exposeApp = false }) {
  const application = {
    extra_labextensions_path: labextensions,
    expose_app_in_browser: exposeApp
  };
  return {
    ServerApp: {
      jpserver_extensions: { jupyterlab: true, jupyterlab_web3: true }
    },
    LabApp: application,
    // Notebook 7, where it is installed, is served beside Lab (`/tree`).
    JupyterNotebookApp: application,
    Web3: web3
  };
}

/**
 * @param {object} o
 * @param {string} o.state - folder of the stack
 * @param {{lab: number}} o.ports
 * @param {object} o.web3 - see web3Traits
 * @param {boolean} o.developmentWallet
 * @param {boolean} o.exposeApp
 * @param {string[]} [o.extraLabextensions] - folders of more labextensions
 * @param {string} [o.python] - of the environment that JupyterLab is in
 */
export function labPart({
  state,
  ports,
  web3,
  developmentWallet,
  exposeApp,
  extraLabextensions = [],
  python = join(VENV, 'bin', 'python')
}) {
  const folder = join(state, 'lab');
  const workspace = join(state, 'workspace');
  const token = tokenOf(join(folder, 'token'));
  const origin = `http://127.0.0.1:${ports.lab}`;
  const example = copyExamples(state, workspace);
  const own = linkLabextensions(state, { developmentWallet });

  const config = serverConfig({
    web3,
    labextensions: [own, ...extraLabextensions],
    exposeApp
  });
  Object.assign(config.ServerApp, {
    ip: '127.0.0.1',
    port: ports.lab,
    port_retries: 0,
    open_browser: false,
    root_dir: workspace,
    allow_root: process.getuid?.() === 0
  });
  config.IdentityProvider = { token };
  const file = join(folder, 'server.json');
  // The token stays off the command line, which every user of the machine sees.
  writeJson(file, config, 0o600);

  const settings = join(folder, 'settings');
  const news = join(
    settings,
    '@jupyterlab',
    'apputils-extension',
    'notification.jupyterlab-settings'
  );
  if (!existsSync(news)) {
    // Nothing of the stack asks the outside unasked.
    writeJson(news, { fetchNews: 'false', checkForUpdates: false });
  }
  const part = new Part({
    name: 'JupyterLab',
    log: join(state, 'logs', 'lab.log'),
    timeout: 120_000,
    launch: () => {
      if (!existsSync(python)) {
        throw new StackError(
          'not-set-up',
          `${python} is missing: run npm run setup.`
        );
      }
      return {
        command: python,
        args: ['-m', 'jupyter', 'lab', `--config=${file}`],
        cwd: workspace,
        env: {
          ...process.env,
          PATH: `${dirname(python)}:${process.env.PATH}`,
          JUPYTER_CONFIG_DIR: join(folder, 'config'),
          JUPYTER_DATA_DIR: join(folder, 'data'),
          JUPYTER_RUNTIME_DIR: join(folder, 'runtime'),
          JUPYTERLAB_SETTINGS_DIR: settings,
          JUPYTERLAB_WORKSPACES_DIR: join(folder, 'workspaces'),
          IPYTHONDIR: join(folder, 'ipython'),
          JUPYTER_PREFER_ENV_PATH: '1',
          JUPYTER_TOKEN: undefined,
          JUPYTER_CONFIG_PATH: undefined
        }
      };
    },
    ready: async () => {
      const response = await fetch(`${origin}/api/status`, {
        headers: { Authorization: `token ${token}` }
      });
      await response.body?.cancel();
      return response.ok;
    }
  });
  const link = path => `${origin}${path}?token=${token}`;
  return {
    part,
    url: link('/lab'),
    exampleUrl: example
      ? link(
          `/lab/tree/${example.split('/').map(encodeURIComponent).join('/')}`
        )
      : link('/lab')
  };
}
