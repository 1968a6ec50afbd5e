/**
 * A world to publish in, without any network: chain, node, IPFS, locks. Its
 * state outlives a "reload" (`deps()` gives new objects over the same state).
 */
import 'fake-indexeddb/auto';
import { createHash, randomBytes } from 'crypto';

import { BlobContent, type IContent } from '../../content';
import { OceanError } from '../../ocean/errors';
import type { IAssetDraft, INetwork, IWalletState } from '../../tokens';
import type { IPublishDeps } from '../context';
import { Journal } from '../journal';
import type { ILocks } from '../lock';
import type { IOceanPort } from '../ports';
import {
  ScriptedWallet,
  type Answer,
  type IWalletBackend
} from './scriptedWallet';

const sha = (data: string | Uint8Array): string =>
  createHash('sha256').update(data).digest('hex');

export const ALICE = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
export const BOB = '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC';
export const CHAIN = 8996;

/** Web Locks of one browser with several tabs. */
export class Locks implements ILocks {
  held = new Set<string>();
  async request(
    name: string,
    _options: { ifAvailable: true },
    task: (lock: unknown) => Promise<void>
  ): Promise<void> {
    if (this.held.has(name)) {
      return task(null);
    }
    this.held.add(name);
    try {
      await task({ name });
    } finally {
      this.held.delete(name);
    }
  }
}

interface ITx {
  hash: string;
  from: string;
  nonce: number;
  data: string;
  status: number;
  block: number;
}

/** A chain with one factory: calldata is JSON in hex. */
export class FakeChain implements IWalletBackend {
  txs: ITx[] = [];
  /** Transactions known, mined or not. */
  mempool: ITx[] = [];
  factoryNonce = 1;
  mints: {
    nft: string;
    datatoken: string;
    creator: string;
    tokenURI: string;
    tx: ITx;
  }[] = [];
  metadata: { nft: string; hash: string; tx: ITx }[] = [];
  down = false;
  willRevert = false;

  nonce(account: string): number {
    return this.txs.filter(tx => tx.from === account).length;
  }

  async request(args: {
    method: string;
    params?: readonly unknown[] | object;
  }): Promise<unknown> {
    if (this.down) {
      throw new Error('connection refused');
    }
    const params = (args.params ?? []) as unknown[];
    const hash = params[0];
    switch (args.method) {
      case 'eth_blockNumber':
        return '0x' + this.txs.length.toString(16);
      case 'eth_getTransactionCount': {
        const account = params[0] as string;
        const waiting = this.mempool.filter(tx => tx.from === account).length;
        return (
          '0x' +
          (
            this.nonce(account) + (params[1] === 'pending' ? waiting : 0)
          ).toString(16)
        );
      }
      case 'eth_estimateGas':
        if (this.willRevert) {
          throw { code: 3, message: 'execution reverted' };
        }
        return '0x5208';
      case 'eth_getTransactionReceipt': {
        const tx = this.txs.find(one => one.hash === hash);
        return tx
          ? { status: '0x' + tx.status, transactionHash: tx.hash }
          : null;
      }
      case 'eth_getTransactionByHash': {
        const tx = [...this.txs, ...this.mempool].find(
          one => one.hash === hash
        );
        return tx ? { nonce: '0x' + tx.nonce.toString(16) } : null;
      }
      case 'personal_sign':
        return '0x' + sha(JSON.stringify(params));
      default:
        throw new Error(`Unexpected ${args.method}`);
    }
  }

  async send(raw: Record<string, string>, how: Answer): Promise<string> {
    const nonce = this.nonce(raw.from);
    if (raw.nonce !== undefined && Number(raw.nonce) < nonce) {
      throw { code: -32000, message: 'nonce too low' };
    }
    const tx = {
      hash: '0x' + randomBytes(32).toString('hex'),
      from: raw.from,
      nonce,
      data: raw.data,
      status: 1,
      block: 0
    };
    if (how === 'revert') {
      this.mine({ ...tx, status: 0 });
      return tx.hash;
    }
    if (how === 'speed-up' || how === 'cancel-it') {
      this.mempool.push(tx);
      setTimeout(() => {
        this.mempool = this.mempool.filter(one => one !== tx);
        this.mine({
          ...tx,
          hash: '0x' + randomBytes(32).toString('hex'),
          data: how === 'speed-up' ? tx.data : '0x'
        });
      }, 20);
      return tx.hash;
    }
    this.mine(tx);
    return tx.hash;
  }

  mine(tx: ITx): void {
    tx.block = this.txs.length + 1;
    this.txs.push(tx);
    if (!tx.status || tx.data === '0x') {
      return;
    }
    const call = JSON.parse(Buffer.from(tx.data.slice(2), 'hex').toString());
    if (call.mint) {
      this.mints.push({
        ...this.next(),
        creator: tx.from,
        tokenURI: call.mint,
        tx
      });
      this.factoryNonce += 2;
    } else {
      this.metadata.push({ nft: call.nft, hash: call.hash, tx });
    }
  }

  next(): { nft: string; datatoken: string } {
    const at = (n: number) => '0x' + sha(`factory ${n}`).slice(0, 40);
    return { nft: at(this.factoryNonce), datatoken: at(this.factoryNonce + 1) };
  }

  /** Somebody else publishes. */
  otherMint(): void {
    this.mine({
      hash: '0x' + randomBytes(32).toString('hex'),
      from: BOB,
      nonce: this.nonce(BOB),
      data: calldata({ mint: 'other' }),
      status: 1,
      block: 0
    });
  }
}

const calldata = (value: object): string =>
  '0x' + Buffer.from(JSON.stringify(value)).toString('hex');

async function bytesOf(content: IContent): Promise<Buffer> {
  const parts = [];
  for await (const part of content.stream()) {
    parts.push(part);
  }
  return Buffer.concat(parts);
}

export class World {
  chain = new FakeChain();
  wallet = new ScriptedWallet(this.chain, ALICE, CHAIN);
  locks = new Locks();
  blocks = new Map<string, Buffer>();
  pinned = new Set<string>();
  ipfsDown = false;
  nodeDown = false;
  nodeBlind = false;
  /** Requests that the node answers before the next "429 too many", and after. */
  nodeAnswers = Infinity;
  nodeAnswersNext = Infinity;
  /** CIDs that the node was asked for, and answered. */
  asked: string[] = [];
  ddoRefused: string[] = [];
  clearAdds: string[] = [];
  files = new Map<string, IContent>();
  database = `test-${randomBytes(6).toString('hex')}`;
  network: INetwork = {
    chainId: CHAIN,
    name: 'Local',
    testnet: true,
    local: true,
    rpc: 'x',
    explorer: null,
    currency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    oceanNode: 'http://node',
    paymentTokens: [{ address: BOB, symbol: 'OCEAN', decimals: 18 }]
  };

  private async _add(content: IContent, onlyHash = false) {
    if (this.ipfsDown) {
      throw Object.assign(new Error('No IPFS node answers'), {
        code: 'offline'
      });
    }
    const data = await bytesOf(content);
    const cid = 'bafy' + sha(data);
    if (!onlyHash) {
      this.blocks.set(cid, data);
      this.clearAdds.push(data.toString());
    }
    return { cid, size: data.length };
  }

  ocean(): IOceanPort {
    const atNode = () => {
      if (this.nodeDown) {
        throw new Error('fetch failed');
      }
      if (this.nodeAnswers-- <= 0) {
        this.nodeAnswers = this.nodeAnswersNext;
        throw new OceanError('node-refused', 'Rate limit exceeded', {
          status: 429
        });
      }
    };
    return {
      check: async draft => (draft.name.length < 4 ? ['name: too-short'] : []),
      newKey: () => randomBytes(32),
      sealProfile: 'web3-seal/1',
      seal: async function* (plain, o) {
        for await (const part of plain) {
          yield part.map((b, i) => b ^ o.key[i % 32]);
        }
      },
      commit: async cid => sha(Buffer.from(cid).toString('hex')),
      keyFile: (key, root) => ({
        type: 'url',
        method: 'get',
        url: `data:,?k=${Buffer.from(key).toString('hex')}&c=${root}`
      }),
      fileInfo: async (_node, file) => {
        atNode();
        this.asked.push(file.type === 'ipfs' ? file.hash : file.url);
        const data =
          file.type === 'ipfs' ? this.blocks.get(file.hash) : undefined;
        return {
          valid: true,
          length: this.nodeBlind ? 0 : (data?.length ?? 0)
        };
      },
      predict: async reader => {
        await reader.request({ method: 'eth_blockNumber' });
        return { nonce: this.chain.factoryNonce, ...this.chain.next() };
      },
      willSign: () => undefined,
      encryptFiles: async o => {
        atNode();
        await o.sign(new TextEncoder().encode('files' + o.nft));
        atNode();
        return calldata({ nft: o.nft, files: o.files });
      },
      buildDdo: async o => ({
        did: 'did:op:' + sha(o.nft),
        json: JSON.stringify({
          nft: o.nft,
          files: o.encryptedFiles,
          name: o.draft.name
        })
      }),
      validateDdo: async () => {
        atNode();
        return this.ddoRefused;
      },
      encryptDdo: async o => {
        atNode();
        await o.sign(new TextEncoder().encode('ddo' + sha(o.json)));
        atNode();
        return { data: calldata({ json: o.json }), hash: '0x' + sha(o.json) };
      },
      mintCall: async o => ({
        to: '0xfac',
        data: calldata({ mint: o.tokenURI })
      }),
      findMint: async o => {
        await o.reader.request({ method: 'eth_blockNumber' });
        const found = this.chain.mints.find(
          m =>
            m.creator === o.account &&
            m.tokenURI === o.tokenURI &&
            m.tx.block >= o.fromBlock
        );
        return found
          ? { nft: found.nft, datatoken: found.datatoken, hash: found.tx.hash }
          : null;
      },
      mintIn: async o => {
        const hash = (o.receipt as { transactionHash: string }).transactionHash;
        const found = this.chain.mints.find(
          m => m.tx.hash === hash && m.tokenURI === o.tokenURI
        );
        return found
          ? { nft: found.nft, datatoken: found.datatoken, hash }
          : null;
      },
      recordNow: async () => ({
        tx: this.recordTx,
        withdrawn: this.withdrawn
      }),
      metadataIn: async o => {
        const hash = (o.receipt as { transactionHash: string }).transactionHash;
        return this.chain.metadata.some(
          m => m.tx.hash === hash && m.nft === o.nft && m.hash === o.hash
        )
          ? { hash }
          : null;
      },
      metadataCall: async o => ({
        to: o.nft,
        data: calldata({ nft: o.nft, hash: o.hash })
      }),
      findMetadata: async o => {
        await o.reader.request({ method: 'eth_blockNumber' });
        const found = this.chain.metadata.find(
          m => m.nft === o.nft && m.hash === o.hash
        );
        return found ? { hash: found.tx.hash } : null;
      },
      indexed: async (_node, did) => {
        atNode();
        return this.chain.metadata.some(m => 'did:op:' + sha(m.nft) === did)
          ? { state: 'found' }
          : { state: 'waiting' };
      }
    };
  }

  /** Of the asset that gets a new version. */
  recordTx: string | null = null;

  withdrawn = false;

  /** New objects over the same state: what a reload leaves. */
  deps(): IPublishDeps {
    const world: World = this; // eslint-disable-line @typescript-eslint/no-this-alias -- getters below need it
    return {
      journal: new Journal(this.database),
      locks: this.locks,
      ocean: this.ocean(),
      addStreams: async (entries, o) => {
        const files = [];
        for (const { name, stream } of entries) {
          const parts: Uint8Array[] = [];
          for await (const part of stream) {
            parts.push(part);
          }
          const data = Buffer.concat(parts);
          files.push(await world._add(new BlobContent({ name, data })));
        }
        const root = o.folder
          ? { cid: 'bafyroot' + sha(JSON.stringify(files)), size: 0 }
          : files[0];
        return { root, files };
      },
      ipfs: {
        add: (content, o) => world._add(content, o?.onlyHash),
        addFolder: async contents => {
          const cids = await Promise.all(contents.map(one => world._add(one)));
          const root = 'bafyroot' + sha(JSON.stringify(cids));
          contents.forEach((one, i) =>
            world.blocks.set(
              `/ipfs/${root}/${one.name}`,
              Buffer.from(JSON.stringify(cids[i]))
            )
          );
          world.blocks.set(root, Buffer.alloc(0));
          return { cid: root, size: 0 };
        },
        files: {
          stat: async (path: string) => ({
            type: 'file',
            cumulativeSize: 0,
            blocks: 1,
            ...JSON.parse(world.blocks.get(path)!.toString())
          })
        } as unknown as IPublishDeps['ipfs']['files'],
        pins: {
          has: async cid => world.pinned.has(cid),
          add: async cid => {
            if (world.ipfsDown) {
              throw Object.assign(new Error('offline'), { code: 'offline' });
            }
            world.pinned.add(cid);
          },
          rm: async cid => {
            if (world.ipfsDown) {
              throw Object.assign(new Error('offline'), { code: 'offline' });
            }
            world.pinned.delete(cid);
          }
        }
      },
      wallet: {
        get state(): IWalletState {
          return {
            status: 'connected',
            account: world.wallet.account,
            chainId: world.wallet.chainId,
            wallet: null,
            session: null
          };
        },
        get provider() {
          return world.wallet.connected ? world.wallet : null;
        },
        reader: () => world.chain,
        network: () => world.network,
        switchNetwork: async id => {
          world.wallet.chainId = id;
        }
      },
      reopen: async file => {
        const found = world.files.get(file.source!.path!);
        if (!found) {
          throw new Error('404');
        }
        return found;
      },
      pollMs: 2,
      watchMs: 10,
      patienceMs: 400,
      busyMs: 2
    };
  }
}

export const FREE: IAssetDraft = {
  name: 'Iris',
  description: 'Measurements of iris',
  license: 'CC-BY-4.0',
  type: 'dataset',
  price: { kind: 'free' }
};
export const PRICED: IAssetDraft = {
  ...FREE,
  price: { kind: 'fixed', amount: '2.5', token: BOB }
};

/** Wait until something holds; fails with `what` after ten seconds. */
export async function until(
  what: string,
  test: () => boolean | Promise<boolean>,
  ms = 10_000
): Promise<void> {
  const end = Date.now() + ms;
  while (!(await test())) {
    if (Date.now() > end) {
      throw new Error(`Not in time: ${what}`);
    }
    await new Promise(resolve => setTimeout(resolve, 3));
  }
}
