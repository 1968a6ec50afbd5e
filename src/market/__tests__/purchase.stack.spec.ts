/** @jest-environment node */
/**
 * The main job over the real stack: one account publishes by the publishing
 * job, another one buys and downloads with the workers of the market.
 */
import 'fake-indexeddb/auto';
import { createHash, randomBytes } from 'crypto';
import { readFileSync } from 'fs';

import { Signal } from '@lumino/signaling';
import { getBytes, JsonRpcProvider, Wallet } from 'ethers';

import { BlobContent, type IContent } from '../../content';
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
  IWallet,
  IWalletState
} from '../../tokens';
import { Downloads } from '../download';
import { Market } from '../model';
import { MarketOcean } from '../ocean';
import type { IPlace } from '../place';
import { Purchases } from '../purchase';
import { PurchaseRecords } from '../records';
import { memoryStore, sharedLocks } from './fakes';

interface IStack {
  ipfsApi: string;
  ipfsSecret: string | null;
  chain: string;
  networkFile: string;
  accounts: { address: string; privateKey: string }[];
}

const stack = JSON.parse(process.env.WEB3_STACK ?? '{}') as IStack;
const network = JSON.parse(readFileSync(stack.networkFile, 'utf8')) as INetwork;
const [, , , , seller, buyer] = stack.accounts;

const rpc = new JsonRpcProvider(stack.chain, undefined, {
  staticNetwork: true,
  cacheTimeout: -1
});
afterAll(() => rpc.destroy());

/** A wallet that says yes to everything, and counts. */
class TestWallet {
  constructor(private _account: { address: string; privateKey: string }) {}

  prompts: string[] = [];
  readonly networks = [network];
  readonly reader = (): IEip1193Provider => ({
    request: ({ method, params }) =>
      rpc.send(method, (params ?? []) as unknown[])
  });
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

const engine = new KuboEngine(
  new DirectConnection({
    rpc: stack.ipfsApi,
    ...(stack.ipfsSecret ? { secret: stack.ipfsSecret } : {})
  })
);

async function publish(
  contents: IContent[],
  price: IPrice
): Promise<{ did: string; cid: string }> {
  const wallet = new TestWallet(seller);
  const publisher = new Publisher({
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
  const job = await publisher.publish(contents, {
    name: 'Iris measurements',
    description: 'Measurements of iris flowers',
    license: 'CC-BY-4.0',
    type: 'dataset',
    price
  });
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

function shop(): {
  market: Market;
  wallet: TestWallet;
  place: IPlace;
  written: Map<string, Buffer>;
} {
  const wallet = new TestWallet(buyer);
  const ocean = new MarketOcean({
    wallet: wallet.room,
    server: {
      info: async () => null,
      fetch: async () => {
        throw new Error('There is no server part here');
      }
    }
  });
  const confirmForeign = async (): Promise<boolean> => false;
  const written = new Map<string, Buffer>();
  const place: IPlace = {
    prefix: '',
    kind: async path => (written.has(path) ? 'file' : null),
    mkdir: async () => undefined,
    write: async (path, content) => {
      const blob = await content.blob();
      written.set(path, Buffer.from(await blob.arrayBuffer()));
    },
    remove: async () => undefined
  };
  const market = new Market({
    wallet: wallet.room,
    ocean,
    purchases: new Purchases({
      wallet: wallet.room,
      ocean,
      records: new PurchaseRecords(memoryStore()),
      locks: sharedLocks(),
      confirmForeign,
      confirmMainnet: async () => true
    }),
    downloads: new Downloads({ ipfs: engine, ocean, confirmForeign })
  });
  return { market, wallet, place, written };
}

const text = (name: string, data: string): IContent =>
  new BlobContent({ name, data, mediaType: 'text/csv' });
const unique = (): string => `a,b\n1,${randomBytes(8).toString('hex')}\n`;
const priced: IPrice = {
  kind: 'fixed',
  amount: '2.5',
  token: network.paymentTokens[0].address
};

it('a priced asset: bought and got back, checked, with three prompts', async () => {
  const data = unique();
  const { did, cid } = await publish([text('iris.csv', data)], priced);
  const { market, wallet, place, written } = shop();
  const model = market.asset(did);
  await model.load();
  expect(model.state).toMatchObject({ phase: 'for-sale', problem: null });
  const [first, second] = await Promise.all([model.buy(), model.buy()]);
  expect(second).toEqual(first);
  expect(first.reused).toBe(false);
  const result = await model.download(place, 'downloads/');
  expect(result).toMatchObject({
    path: 'downloads/iris.csv',
    verified: true
  });
  expect(result.cid).not.toBe(cid);
  expect(written.get('downloads/iris.csv')?.toString()).toBe(data);
  expect(wallet.prompts).toEqual([
    'eth_sendTransaction',
    'eth_sendTransaction',
    'personal_sign'
  ]);
  // Another browser, which remembers nothing: found again, paid no more.
  const again = shop();
  const other = again.market.asset(did);
  expect(await other.buy()).toMatchObject({
    orderTx: first.orderTx,
    reused: true
  });
  expect(again.wallet.prompts).toEqual([]);
});

it('several sealed files, one of more than a chunk, keep their paths', async () => {
  const big = Buffer.alloc(2 * 1024 * 1024 + 3, randomBytes(64));
  const { did } = await publish(
    [
      text('a/x.csv', unique()),
      new BlobContent({ name: 'b.bin', data: new Uint8Array(big) })
    ],
    priced
  );
  const { market, place, written } = shop();
  const model = market.asset(did);
  await model.buy();
  expect(await model.download(place, 'downloads/')).toMatchObject({
    verified: true,
    folder: true
  });
  const hash = (bytes?: Buffer): string =>
    createHash('sha256')
      .update(bytes ?? '')
      .digest('hex');
  expect(hash(written.get('downloads/Iris measurements/b.bin'))).toBe(
    hash(big)
  );
});

it('a free asset needs no prompt at all', async () => {
  const data = unique();
  const { did, cid } = await publish([text('free.csv', data)], {
    kind: 'free'
  });
  const { market, wallet, place, written } = shop();
  const model = market.asset(did);
  await model.load();
  expect(model.mayDownload).toBe(true);
  expect(await model.download(place, 'free/')).toMatchObject({
    cid,
    verified: true
  });
  expect(written.get('free/free.csv')?.toString()).toBe(data);
  expect(wallet.prompts).toEqual([]);
});

it('an asset that is not there is said to be not there', async () => {
  const { market } = shop();
  const model = market.asset('did:op:' + '0'.repeat(64));
  await model.load();
  expect(model.state.phase).toBe('not-found');
});
