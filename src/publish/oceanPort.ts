/**
 * The room `src/ocean` as the job sees it. Everything heavy (contracts, crypto)
 * is loaded when it is first needed.
 */
import type { INetwork, IWallet } from '../tokens';
import { readAsset } from '../ocean/asset';
import { readReceipt } from '../ocean/chain';
import { oceanConfig } from '../ocean/config';
import { nonceKey, OceanNodeClient, pageNonces } from '../ocean/nodeClient';
import { buildDdo, checkDraft, ddoHash } from '../ocean/ddo';
import type { IDdo } from '../ocean/ddo';
import { OceanError } from '../ocean/errors';
import {
  buildMetadataTx,
  buildMintTx,
  findMetadata,
  findMint,
  metadataIn,
  mintIn,
  predictAddresses,
  type IMinted as IMintedAsset
} from '../ocean/mint';
import { changeRecord } from '../ocean/record';
import * as sealing from '../ocean/seal';
import {
  lastRecord,
  PLACEHOLDER_STATES,
  STATES,
  stateOf
} from '../ocean/states';
import { PublishError } from './errors';
import type { IMinted, IOceanPort, Sign } from './ports';
import { web3Info } from './web3Info';

/** How long a nonce that was asked for ahead is good for, in ms. */
const AHEAD_MS = 2000;

export interface IOceanPortOptions {
  wallet: Pick<IWallet, 'network' | 'networks'>;
  /** fetch() of a path at a node; through the server route where there is one. */
  nodeFetch: (
    node: string
  ) => (path: string, init?: RequestInit) => Promise<Response>;
  /** Asked before a node outside the settings gets a signature. */
  confirmForeign?: (url: string) => Promise<boolean>;
}

const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from(hex.replace(/^0x/, '').match(/../g) ?? [], pair =>
    parseInt(pair, 16)
  );

const minted = (found: IMintedAsset | null): IMinted | null =>
  found && {
    nft: found.nftAddress,
    datatoken: found.datatokenAddress,
    hash: found.tx
  };

/** The node's own words about a DDO, which are what helps the person. */
function wordsOf(error: OceanError): string[] {
  return [error.details.words || error.message];
}

/** Whether the index has the record that a transaction wrote. */
async function indexedBy(
  api: OceanNodeClient,
  did: string,
  tx: string,
  signal?: AbortSignal
): ReturnType<IOceanPort['indexed']> {
  const indexed = await api.ddo(did, { signal });
  const by = indexed === null ? null : readAsset(indexed).event?.tx;
  if (by?.toLowerCase() === tx.toLowerCase()) {
    return { state: 'found' };
  }
  const state = await api.state(did, { signal });
  return state && !state.valid && state.error
    ? { state: 'failed', reason: state.error }
    : { state: 'waiting' };
}

/** @returns what the job needs of Ocean, over the real chain and node */
export function createOceanPort(options: IOceanPortOptions): IOceanPort {
  const { wallet } = options;
  const network = (chainId: number): INetwork => {
    const found = wallet.network(chainId);
    if (!found) {
      throw new PublishError('no-node', `Chain ${chainId} is not set up`);
    }
    return found;
  };
  const isTrusted = (url: string): boolean =>
    wallet.networks.some(({ oceanNode }) => oceanNode === url);
  const asked = new Map<
    string,
    { nonce: Promise<number>; at: number; seen: number | undefined }
  >();
  const client = (url: string, account?: string, sign?: Sign) =>
    new OceanNodeClient({
      url,
      fetch: options.nodeFetch(url),
      trusted: isTrusted(url),
      confirmForeign: options.confirmForeign,
      address: account,
      seen: pageNonces,
      nonceAhead: () => {
        const key = account ? nonceKey(url, account) : '';
        const ahead = asked.get(key);
        asked.delete(key);
        // Not when another room of this page has signed meanwhile.
        return ahead &&
          Date.now() - ahead.at < AHEAD_MS &&
          ahead.seen === pageNonces.get(key)
          ? ahead.nonce
          : null;
      },
      sign: sign ? message => sign(bytesOf(message)) : undefined
    });

  return {
    check: async draft =>
      checkDraft(draft).map(({ field, code }) => `${field}: ${code}`),

    newKey: sealing.newSealKey,
    sealProfile: sealing.SEAL_FORMAT,
    seal: sealing.sealStream,
    commit: sealing.commitment,
    keyFile: (key, root) => ({
      type: 'url',
      method: 'get',
      url: sealing.keyUrl(key, root)
    }),

    fileInfo: async (node, file, _chainId, signal) => {
      const [info] = await client(node).fileInfo(file, { signal });
      return info
        ? { valid: info.valid, length: Number(info.length) }
        : { valid: false, length: 0 };
    },

    predict: async (reader, chainId) => {
      const found = await predictAddresses(reader, network(chainId));
      return {
        nonce: found.factoryNonce,
        nft: found.nftAddress,
        datatoken: found.datatokenAddress
      };
    },

    willSign: (node, account) => {
      if (isTrusted(node)) {
        const nonce = client(node).nonce(account);
        // Who signs asks again, and then hears of it.
        nonce.catch(() => undefined);
        const key = nonceKey(node, account);
        asked.set(key, { nonce, at: Date.now(), seen: pageNonces.get(key) });
      }
    },

    encryptFiles: async o =>
      client(o.node, o.account, o.sign).encrypt(
        {
          nftAddress: o.nft,
          datatokenAddress: o.datatoken,
          files: o.files
        },
        o.chainId,
        { signal: o.signal }
      ),

    buildDdo: async o => {
      const web3 = web3Info(o.files, o.sealed !== null);
      if (o.version) {
        const changed = changeRecord(
          JSON.parse(o.version.record) as IDdo,
          o.version.serviceIndex,
          { files: { encrypted: o.encryptedFiles, web3 } },
          new Date(o.created)
        );
        return { did: changed.id, json: JSON.stringify(changed) };
      }
      const ddo = await buildDdo({
        draft: o.draft,
        owner: o.account,
        chainId: o.chainId,
        nftAddress: o.nft,
        datatokenAddress: o.datatoken,
        encryptedFiles: o.encryptedFiles,
        nodeUrl: o.node,
        created: new Date(o.created),
        web3
      });
      return { did: ddo.id, json: JSON.stringify(ddo) };
    },

    validateDdo: async (node, json, _account, signal) => {
      try {
        await client(node).validate(JSON.parse(json) as IDdo, { signal });
        return [];
      } catch (error) {
        if (error instanceof OceanError && error.code === 'ddo-invalid') {
          return wordsOf(error);
        }
        throw error;
      }
    },

    encryptDdo: async o => {
      const ddo = JSON.parse(o.json) as IDdo;
      return {
        data: await client(o.node, o.account, o.sign).encrypt(ddo, o.chainId, {
          signal: o.signal
        }),
        hash: await ddoHash(ddo)
      };
    },

    mintCall: async o =>
      buildMintTx({
        network: network(o.chainId),
        reader: o.reader,
        owner: o.account,
        price: o.draft.price,
        name: o.draft.name,
        tokenURI: o.tokenURI
      }),
    findMint: async o =>
      minted(
        await findMint(o.reader, network(o.chainId), {
          creator: o.account,
          tokenURI: o.tokenURI,
          fromBlock: o.fromBlock
        })
      ),
    mintIn: async o => {
      const receipt = readReceipt(o.receipt);
      return receipt
        ? minted(
            await mintIn(receipt, network(o.chainId), {
              creator: o.account,
              tokenURI: o.tokenURI
            })
          )
        : null;
    },
    metadataCall: async o =>
      buildMetadataTx({
        reader: o.reader,
        owner: o.account,
        nftAddress: o.nft,
        nodeUrl: o.node,
        encryptedDdo: o.data,
        hash: o.hash,
        state: o.isNew ? STATES.active : await stateOf(o.reader, o.nft)
      }),
    recordNow: async o => {
      const { startBlock } = await oceanConfig(network(o.chainId));
      const [last, state] = await Promise.all([
        lastRecord(o.reader, o.nft, startBlock ?? 0),
        stateOf(o.reader, o.nft)
      ]);
      return {
        tx: last?.tx ?? null,
        withdrawn: PLACEHOLDER_STATES.includes(state)
      };
    },
    findMetadata: async o => {
      const found = await findMetadata(o.reader, o.nft, o.hash, o.fromBlock);
      return found && { hash: found.tx };
    },
    metadataIn: async o => {
      const receipt = readReceipt(o.receipt);
      const found = receipt && metadataIn(receipt, o.nft, o.hash);
      return found && { hash: found.tx };
    },

    indexed: async (node, did, signal, close = true, tx) => {
      const api = client(node);
      if (tx) {
        return indexedBy(api, did, tx, signal);
      }
      const listed = await api.lists(did, { signal });
      if (listed || (!close && listed === false)) {
        return { state: listed ? 'found' : 'waiting' };
      }
      // A search may lag behind, or not understand: the record itself tells.
      if (await api.ddo(did, { signal })) {
        return { state: 'found' };
      }
      if (!close) {
        return { state: 'waiting' };
      }
      const state = await api.state(did, { signal });
      return state && !state.valid && state.error
        ? { state: 'failed', reason: state.error }
        : { state: 'waiting' };
    }
  };
}
