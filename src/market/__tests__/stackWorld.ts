/** What tests over the real stack share: a wallet, publishing, reading. */
import 'fake-indexeddb/auto';
import { randomBytes } from 'crypto';
import { readFileSync } from 'fs';

import { Signal } from '@lumino/signaling';
import { getBytes, JsonRpcProvider, Wallet } from 'ethers';

import type { IContent } from '../../content';
import { addStreams } from '../../ipfs/addStreams';
import { DirectConnection } from '../../ipfs/connection';
import { KuboEngine } from '../../ipfs/kubo';
import { createOceanPort } from '../../publish/oceanPort';
import { Journal } from '../../publish/journal';
import { Publisher } from '../../publish/publisher';
import { Locks } from '../../publish/__tests__/world';
import type {
  IEip1193Provider,
  INetwork,
  IPrice,
  IPublishResult,
  IVersionOf,
  IWallet,
  IWalletState
} from '../../tokens';

interface IStack {
  ipfsApi: string;
  ipfsSecret: string | null;
  chain: string;
  networkFile: string;
  accounts: { address: string; privateKey: string }[];
}

const stack = JSON.parse(process.env.WEB3_STACK ?? '{}') as IStack;
export const network = JSON.parse(
  readFileSync(stack.networkFile, 'utf8')
) as INetwork;
export const { accounts } = stack;

export const rpc = new JsonRpcProvider(stack.chain, undefined, {
  staticNetwork: true,
  cacheTimeout: -1,
  pollingInterval: 50
});

export const reader: IEip1193Provider = {
  request: ({ method, params }) => rpc.send(method, (params ?? []) as unknown[])
};

/** A wallet that counts, and says yes to everything but what it shall refuse. */
export class TestWallet {
  constructor(private _account: { address: string; privateKey: string }) {}

  prompts: string[] = [];
  /** Which prompt (from 1) is said no to; 0: none. */
  refuses = 0;
  readonly networks = [network];
  readonly reader = (): IEip1193Provider => reader;
  readonly network = (): INetwork => network;
  readonly stateChanged = new Signal<IWallet, IWalletState>(
    this as unknown as IWallet
  );
  readonly switchNetwork = async (): Promise<void> => undefined;

  get state(): IWalletState {
    return {
      status: 'connected',
      account: this._account.address,
      chainId: network.chainId,
      wallet: null,
      session: null
    };
  }

  readonly provider: IEip1193Provider = {
    request: async ({ method, params }) => {
      const wallet = new Wallet(this._account.privateKey, rpc);
      const [first] = (params ?? []) as [unknown];
      switch (method) {
        case 'eth_accounts':
          return [this._account.address];
        case 'eth_chainId':
          return '0x' + network.chainId.toString(16);
        case 'personal_sign':
          this.prompts.push(method);
          return wallet.signMessage(getBytes(String(first)));
        case 'eth_sendTransaction': {
          this.prompts.push(method);
          if (this.prompts.length === this.refuses) {
            throw Object.assign(new Error('no'), { code: 4001 });
          }
          const { to, data, value, gas } = first as Record<string, string>;
          const { hash } = await wallet.sendTransaction({
            to,
            data,
            value,
            gasLimit: gas
          });
          return hash;
        }
        default:
          return rpc.send(method, (params ?? []) as unknown[]);
      }
    }
  };

  get room(): IWallet {
    return this as unknown as IWallet;
  }
}

export const engine = new KuboEngine(
  new DirectConnection({
    rpc: stack.ipfsApi,
    ...(stack.ipfsSecret ? { secret: stack.ipfsSecret } : {})
  })
);

export const noServer = {
  info: async () => null,
  fetch: async (): Promise<Response> => {
    throw new Error('There is no server part here');
  }
};

export function publisherOf(wallet: TestWallet): Publisher {
  return new Publisher({
    journal: new Journal(`market-${randomBytes(6).toString('hex')}`),
    locks: new Locks(),
    ipfs: engine,
    addStreams: (entries, o) => addStreams(engine, entries, o),
    wallet: wallet.room,
    ocean: createOceanPort({
      wallet: wallet.room,
      nodeFetch: node => (path, init) => fetch(node + path, init)
    }),
    reopen: async file => {
      throw new Error(`${file.path} is not durable`);
    },
    pollMs: 30,
    patienceMs: 20_000
  });
}

export async function publish(
  wallet: TestWallet,
  contents: IContent[],
  price: IPrice,
  version?: IVersionOf
): Promise<IPublishResult> {
  const job = await publisherOf(wallet).publish(
    contents,
    {
      name: 'Iris measurements',
      description: 'Measurements of iris flowers',
      license: 'CC-BY-4.0',
      type: 'dataset',
      price
    },
    version ? { version } : {}
  );
  const paused = new Promise<never>((_, reject) =>
    job.changed.connect(() => {
      if (job.problem) {
        reject(new Error(`${job.problem.code}: ${job.problem.message}`));
      }
    })
  );
  const result = await Promise.race([job.finished, paused]);
  if (!result) {
    throw new Error('Not published');
  }
  return result;
}
