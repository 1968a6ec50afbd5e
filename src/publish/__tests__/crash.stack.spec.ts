/** @jest-environment node */
/**
 * The table of accidents over the real stack: Kubo, anvil with the Ocean
 * contracts, the development Ocean Node, and a wallet that signs with ethers.
 */
import 'fake-indexeddb/auto';
import { randomBytes } from 'crypto';
import { once } from 'events';
import { readFileSync } from 'fs';
import { connect, createServer, type AddressInfo, type Socket } from 'net';

import { getBytes, Transaction, Wallet } from 'ethers';

import { BlobContent } from '../../content';
import { addStreams } from '../../ipfs/addStreams';
import { DirectConnection } from '../../ipfs/connection';
import { KuboEngine } from '../../ipfs/kubo';
import { buildMintTx, estimatePublish } from '../../ocean/mint';
import type { IEip1193Provider, INetwork, IWalletState } from '../../tokens';
import { Journal } from '../journal';
import { createOceanPort } from '../oceanPort';
import { Publisher } from '../publisher';
import { recordBytes } from '../web3Info';
import { play, ROWS, type IStage } from './crashTable';
import {
  ScriptedWallet,
  type Answer,
  type IWalletBackend
} from './scriptedWallet';
import { Locks } from './world';

interface IStack {
  ipfsApi: string;
  ipfsSecret: string | null;
  chain: string;
  networkFile: string;
  accounts: { address: string; privateKey: string }[];
}

const stack = JSON.parse(process.env.WEB3_STACK ?? '{}') as IStack;
const network = JSON.parse(readFileSync(stack.networkFile, 'utf8')) as INetwork;
const [, , , publisher, stranger] = stack.accounts;

/** Anvil, and the keys of the publisher. */
class Backend implements IWalletBackend {
  async request(args: {
    method: string;
    params?: readonly unknown[] | object;
  }): Promise<unknown> {
    if (args.method === 'personal_sign') {
      const [message] = args.params as [string];
      return new Wallet(publisher.privateKey).signMessage(getBytes(message));
    }
    const response = await fetch(stack.chain, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, params: [], ...args })
    });
    const { result, error } = (await response.json()) as {
      result?: unknown;
      error?: { code: number; message: string };
    };
    if (error) {
      throw Object.assign(new Error(error.message), error);
    }
    return result;
  }

  async send(tx: Record<string, string>, how: Answer): Promise<string> {
    const at = async (tag: string): Promise<number> =>
      Number(
        await this.request({
          method: 'eth_getTransactionCount',
          params: [tx.from, tag]
        })
      );
    const nonce = tx.nonce ? Number(tx.nonce) : await at('pending');
    if (how === 'revert') {
      // A little less gas than it takes: mined, and reverted.
      const gas = Math.floor(Number(tx.gas) / 1.2) - 5000;
      return this.sendRaw({ ...tx, gas: '0x' + gas.toString(16) }, nonce, 1n);
    }
    if (how !== 'speed-up' && how !== 'cancel-it') {
      return this.sendRaw(tx, nonce, 1n);
    }
    await this.request({ method: 'evm_setAutomine', params: [false] });
    const hash = await this.sendRaw(tx, nonce, 1n);
    setTimeout(async () => {
      await this.sendRaw(
        how === 'speed-up' ? tx : { ...tx, to: tx.from, data: '0x' },
        nonce,
        3n
      );
      await this.request({ method: 'evm_mine' });
      await this.request({ method: 'evm_setAutomine', params: [true] });
    }, 300);
    return hash;
  }

  async sendRaw(
    tx: Record<string, string>,
    nonce: number,
    fee: bigint,
    key = publisher.privateKey
  ): Promise<string> {
    const signed = await new Wallet(key).signTransaction(
      Transaction.from({
        to: tx.to,
        data: tx.data,
        nonce,
        chainId: network.chainId,
        gasLimit: tx.gas,
        type: 2,
        maxFeePerGas: fee * 20_000_000_000n,
        maxPriorityFeePerGas: fee * 1_000_000_000n
      })
    );
    return (await this.request({
      method: 'eth_sendRawTransaction',
      params: [signed]
    })) as string;
  }
}

/**
 * The wire to Kubo, which can be cut: connections break, new ones are refused,
 * as when the node is gone. (The Ocean Node has its own to the gateway.)
 */
class Wire {
  private _sockets = new Set<Socket>();
  private _server = createServer(near => {
    const { hostname, port } = new URL(stack.ipfsApi);
    const far = connect(Number(port), hostname);
    for (const [one, other] of [
      [near, far],
      [far, near]
    ]) {
      this._sockets.add(one);
      one.pipe(other);
      // A cut is what it is for.
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this._sockets.delete(one);
        other.destroy();
      });
    }
  });
  private _port = 0;

  get url(): string {
    return `http://127.0.0.1:${this._port}`;
  }

  async join(): Promise<void> {
    if (!this._server.listening) {
      this._server.listen(this._port, '127.0.0.1');
      await once(this._server, 'listening');
      this._port = (this._server.address() as AddressInfo).port;
    }
  }

  async cut(): Promise<void> {
    if (this._server.listening) {
      this._server.close();
      this._sockets.forEach(socket => socket.destroy());
      await once(this._server, 'close');
    }
  }
}

const wire = new Wire();
beforeAll(() => wire.join());
afterAll(() => wire.cut());

const backend = new Backend();
const reader: IEip1193Provider = backend;

function stage(): IStage {
  const wallet = new ScriptedWallet(
    backend,
    publisher.address,
    network.chainId
  );
  const locks = new Locks();
  const database = `crash-${randomBytes(6).toString('hex')}`;
  const text = `a,b\n1,${randomBytes(8).toString('hex')}\n`;
  let down = false;
  return {
    wallet,
    stranger: stranger.address,
    content: () =>
      new BlobContent({ name: 'iris.csv', data: text, mediaType: 'text/csv' }),
    draft: priced => ({
      name: 'Iris measurements',
      description: 'Measurements of iris flowers',
      license: 'CC-BY-4.0',
      type: 'dataset',
      price: priced
        ? {
            kind: 'fixed',
            amount: '2.5',
            token: network.paymentTokens[0].address
          }
        : { kind: 'free' }
    }),
    deps: () => {
      const engine = new KuboEngine(
        new DirectConnection({
          rpc: wire.url,
          ...(stack.ipfsSecret ? { secret: stack.ipfsSecret } : {})
        })
      );
      const walletRoom = {
        get state(): IWalletState {
          return {
            status: 'connected',
            account: wallet.account,
            chainId: wallet.chainId,
            wallet: null,
            session: null
          };
        },
        get provider() {
          return wallet as IEip1193Provider;
        },
        networks: [network],
        network: () => network,
        reader: () => reader,
        switchNetwork: async (id: number) => {
          wallet.chainId = id;
        }
      };
      return {
        journal: new Journal(database),
        locks,
        addStreams: (entries, o) => addStreams(engine, entries, o),
        ipfs: {
          add: engine.add.bind(engine),
          addFolder: engine.addFolder.bind(engine),
          files: engine.files,
          pins: {
            add: engine.pins.add.bind(engine.pins),
            rm: engine.pins.rm.bind(engine.pins),
            has: engine.pins.has.bind(engine.pins)
          }
        },
        wallet: walletRoom,
        ocean: createOceanPort({
          wallet: walletRoom,
          nodeFetch: node => async (path, init) => {
            if (down) {
              throw new TypeError('fetch failed');
            }
            return fetch(node + path, init);
          }
        }),
        reopen: async file => {
          throw new Error(`${file.path} is not durable`);
        },
        pollMs: 30,
        watchMs: 100,
        patienceMs: 15_000
      };
    },
    nodeDown: is => {
      down = is;
    },
    kuboDown: is => (is ? wire.cut() : wire.join()),
    otherMint: async () => {
      const tx = await buildMintTx({
        network,
        reader,
        owner: stranger.address,
        price: { kind: 'free' },
        name: 'Faster',
        tokenURI: `urn:other:${randomBytes(4).toString('hex')}`
      });
      const nonce = Number(
        await reader.request({
          method: 'eth_getTransactionCount',
          params: [stranger.address, 'pending']
        })
      );
      await backend.sendRaw(
        { to: tx.to, data: tx.data, gas: '0x2dc6c0' },
        nonce,
        1n,
        stranger.privateKey
      );
    },
    mints: async id => {
      const logs = (await reader.request({
        method: 'eth_getLogs',
        params: [
          {
            fromBlock: '0x0',
            address: network.contracts!.ERC721Factory
          }
        ]
      })) as { data: string }[];
      const needle = Buffer.from(id).toString('hex');
      return logs.filter(({ data }) => data.includes(needle)).length;
    },
    holds: cid =>
      new KuboEngine(
        new DirectConnection({
          rpc: stack.ipfsApi,
          ...(stack.ipfsSecret ? { secret: stack.ipfsSecret } : {})
        })
      ).pins.has(cid)
  };
}

describe('accidents, over the real stack', () => {
  it.each(ROWS.map(row => [row.step, row.fault, row] as const))(
    '%s: %s',
    async (_step, _fault, row) => play(stage(), row)
  );
});

describe('what publishing costs, as it was told before', () => {
  it.each([
    [1, true],
    [50, false],
    [50, true]
  ])('%i files, with a price: %p', async (count, priced) => {
    const { draft, deps } = stage();
    const contents = Array.from(
      { length: count },
      (_, i) =>
        new BlobContent({
          name: `measurements/part ${i}.csv`,
          data: `a,b\n${i},${randomBytes(8).toString('hex')}\n`,
          mediaType: 'text/csv'
        })
    );
    const known = draft(priced);
    const ddoBytes = await recordBytes(known, contents, {
      account: publisher.address,
      chainId: network.chainId,
      nodeUrl: network.oceanNode!
    });
    const told = await estimatePublish({
      network,
      reader,
      owner: publisher.address,
      price: known.price,
      name: known.name,
      tokenURI: 'urn:jupyterlab-web3:publish:estimate',
      ddoBytes
    });
    const job = await new Publisher(deps()).publish(contents, known);
    while (job.status !== 'done') {
      if (job.status === 'paused') {
        throw new Error(job.problem?.message);
      }
      await new Promise(resolve => setTimeout(resolve, 100));
    }
    const result = await job.finished;
    const { gasUsed } = (await reader.request({
      method: 'eth_getTransactionReceipt',
      params: [result!.txs.metadata]
    })) as { gasUsed: string };
    const share = Number(told.metadataGas) / Number(gasUsed);
    expect(share).toBeGreaterThan(0.95);
    expect(share).toBeLessThan(1.25);
  });
});
