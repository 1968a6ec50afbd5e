/**
 * The local stack: Kubo, a chain with the Ocean contracts, a development Ocean
 * Node and JupyterLab, started and stopped together.
 */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { developmentAccounts } from './chain/accounts.mjs';
import { CHAIN_ID, chainPart } from './chain/anvil.mjs';
import { deploy, isDeployed } from './chain/deploy.mjs';
import { StackError } from './errors.mjs';
import { externalGateway } from './external.mjs';
import { findKubo, kuboPart } from './kubo.mjs';
import { labPart, web3Traits } from './lab.mjs';
import { lockState } from './lock.mjs';
import {
  chainIdOf,
  localNetwork,
  remoteNetwork,
  savedAddresses
} from './network.mjs';
import { INDEX_INTERVAL, oceanNodePart } from './oceanNode.mjs';
import { DEFAULT_STATE, writeJson } from './paths.mjs';
import { keepPorts } from './ports.mjs';
import { Watchdog } from './process.mjs';

/** What --reset keeps: the person's own notebooks. */
const KEPT = ['workspace', 'examples.json', 'lock'];

function resetState(state) {
  if (!existsSync(state)) {
    return;
  }
  const entries = readdirSync(state);
  const ours = ['ports.json', 'kubo', 'chain', 'lab', 'logs'];
  if (!entries.some(name => ours.includes(name)) && entries.length > 1) {
    throw new StackError(
      'reset-refused',
      `${state} does not look like the state of a stack: nothing was deleted.`
    );
  }
  for (const name of entries) {
    if (!KEPT.includes(name)) {
      rmSync(join(state, name), { recursive: true, force: true });
    }
  }
}

/**
 * Start the stack.
 *
 * @param {object} [o] - as parseOptions gives them, and:
 * @param {string} [o.state] - folder; kept between starts
 * @param {boolean} [o.lab] - false: no JupyterLab
 * @param {boolean} [o.ocean] - false: no Ocean Node
 * @param {'none' | 'loopback'} [o.swarm] - whether other nodes of this machine
 *   may meet its Kubo, while it is not online
 * @param {string} [o.oceanGateway] - IPFS gateway that the Ocean Node reads
 *   from, when not that of the stack's own Kubo
 * @param {string[]} [o.extraLabextensions] - folders of more labextensions
 * @param {string} [o.python] - of JupyterLab's environment
 * @param {(word: string) => void} [o.say] - told what is being done
 * @returns {Promise<{info: object, parts: {kubo, chain, oceanNode, lab}, failed: Promise<StackError>, stop(): Promise<void>}>}
 *   `parts` are null where something elsewhere is used; `failed` resolves when
 *   a part ended unasked, after the rest was stopped.
 * @throws {StackError}
 */
export async function startStack(o = {}) {
  const options = { state: DEFAULT_STATE, lab: true, ocean: true, ...o };
  const say = options.say ?? (() => undefined);
  const state = resolve(options.state);
  const lock = await lockState(state);
  let watchdog = null;
  const started = [];
  const release = async () => {
    // Those that use others go first; Kubo and the chain save what they have.
    const order = ['lab', 'oceanNode'];
    for (const name of order) {
      const found = started.find(entry => entry.name === name);
      await found?.part.stop();
    }
    await Promise.all(
      started
        .filter(entry => !order.includes(entry.name))
        .map(entry => entry.part.stop())
    );
    watchdog?.close();
    lock.release();
  };
  try {
    if (options.reset) {
      resetState(state);
    }
    mkdirSync(state, { recursive: true, mode: 0o700 });
    const plan = await planStack(options, state, say);
    watchdog = new Watchdog();
    lock.watchdog(watchdog.pid);
    for (const [name, part] of Object.entries(plan.parts)) {
      if (part) {
        part.watchdog = watchdog;
        started.push({ name, part });
      }
    }
    await plan.start();
    let stopping = null;
    const stop = () => (stopping ??= release());
    const failed = new Promise(settle => {
      for (const { part } of started) {
        part.onCrash = (_, error) => {
          if (!stopping) {
            void stop().then(
              () => settle(error),
              reason => settle(reason)
            );
          }
        };
      }
    });
    return { info: plan.info, parts: plan.parts, failed, stop };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Decide ports, addresses and files; nothing runs yet. */
async function planStack(options, state, say) {
  const own = {
    kubo: !options.ipfsApi,
    chain: !options.chain,
    oceanNode: options.ocean && !options.oceanNode,
    lab: options.lab
  };
  const ports = await keepPorts(
    join(state, 'ports.json'),
    [
      ...(own.kubo ? ['kubo', 'gateway'] : []),
      ...['chain', 'oceanNode', 'lab'].filter(name => own[name])
    ],
    options.port ? { lab: options.port } : {}
  );
  const binary = own.kubo ? await findKubo(say) : null;
  const kubo = own.kubo
    ? kuboPart({
        binary,
        state,
        ports,
        swarm: options.online ? 'public' : (options.swarm ?? 'none')
      })
    : null;
  const ipfsApi = kubo?.api ?? options.ipfsApi;
  const gateway = kubo?.gateway ?? (await externalGateway(options.ipfsApi));

  const chain = own.chain ? chainPart({ state, ports, say }) : null;
  const chainUrl = chain?.url ?? options.chain;
  const chainId = chain ? CHAIN_ID : await chainIdOf(options.chain);
  const addressFile = chain
    ? join(state, 'chain', 'address.json')
    : options.addressFile;

  const node = own.oceanNode
    ? oceanNodePart({
        state,
        ports,
        chain: chainUrl,
        chainId,
        addressFile,
        gateway: options.oceanGateway ?? gateway
      })
    : null;
  const oceanNode = node?.url ?? options.oceanNode ?? null;

  const accounts = chain ? developmentAccounts() : [];
  const accountsFile = chain ? join(state, 'accounts.json') : null;
  if (accountsFile) {
    writeJson(accountsFile, accounts, 0o600);
  }
  const networkFile = join(state, 'network.json');
  const web3 = web3Traits({
    ipfsApi,
    ipfsSocket: kubo?.socket,
    gateway,
    secretFile: kubo?.secretFile,
    managed: own.kubo,
    networkFile,
    oceanNode: oceanNode ?? '',
    accountsFile
  });
  const lab = own.lab
    ? labPart({
        state,
        ports,
        web3,
        developmentWallet: own.chain,
        exposeApp: !!options.exposeApp,
        extraLabextensions: options.extraLabextensions,
        python: options.python
      })
    : null;

  const prepareChain = async () => {
    if (!chain) {
      const network = await remoteNetwork({
        url: chainUrl,
        chainId,
        file: addressFile,
        oceanNode
      });
      writeJson(networkFile, network);
      return;
    }
    await chain.part.start();
    let addresses = savedAddresses(addressFile);
    if (!addresses || !(await isDeployed(chainUrl, addresses))) {
      say('deploying the Ocean contracts');
      addresses = await deploy(chainUrl, CHAIN_ID);
      writeJson(addressFile, { development: addresses });
    }
    writeJson(
      networkFile,
      localNetwork({ url: chainUrl, addresses, oceanNode })
    );
  };
  return {
    parts: {
      kubo: kubo?.part ?? null,
      chain: chain?.part ?? null,
      oceanNode: node?.part ?? null,
      lab: lab?.part ?? null
    },
    info: {
      lab: lab?.url ?? null,
      ipfsApi,
      gateway,
      chain: chainUrl,
      chainId,
      oceanNode,
      addressFile,
      accounts,
      logs: join(state, 'logs'),
      state,
      networkFile,
      ipfs: binary,
      /** Milliseconds between two looks of the Ocean Node at the chain. */
      indexInterval: node ? INDEX_INTERVAL : null,
      ipfsSecret: kubo?.secret ?? null,
      example: lab?.exampleUrl ?? null,
      web3
    },
    start: () =>
      settleAll([
        kubo?.part.start(),
        prepareChain().then(() => node?.part.start()),
        lab?.part.start()
      ])
  };
}

/** Wait for all, so that nothing is still starting when the rest is stopped. */
async function settleAll(promises) {
  const results = await Promise.allSettled(promises);
  const failure = results.find(result => result.status === 'rejected');
  if (failure) {
    throw failure.reason;
  }
}
