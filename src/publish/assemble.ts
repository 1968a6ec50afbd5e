/**
 * Put the publisher together from what the host gives; loaded at first use.
 */
import type { Contents } from '@jupyterlab/services';

import { contentsAt, type IContent } from '../content';
import { checkDraft } from '../ocean/ddo';
import { estimatePublish } from '../ocean/mint';
import { OceanNodeClient } from '../ocean/nodeClient';
import type {
  IIpfs,
  INetwork,
  IPinning,
  IWallet,
  IWeb3Server
} from '../tokens';
import type { IDialogDeps } from './dialogModel';
import { PublishError } from './errors';
import { lookWhetherPublic } from './guardPublic';
import { scanContents } from './guardScan';
import { Journal } from './journal';
import { browserLocks, type ILocks } from './lock';
import { createOceanPort } from './oceanPort';
import { Publisher } from './publisher';
import { storageMemory } from './storageMemory';
import { recordBytes } from './web3Info';

export interface IHost {
  ipfs: IIpfs;
  /** Null where nothing but the node keeps content. */
  pinning: IPinning | null;
  wallet: IWallet;
  server: IWeb3Server;
  contents: Contents.IManager;
  /** fetch() with Jupyter's credentials. */
  fetch: (url: string, init: { signal?: AbortSignal }) => Promise<Response>;
  /**
   * Move a file or folder of the drive to the workspace, out of the drive's
   * history too; null when the person said no.
   */
  takeOffDrive: (from: string) => Promise<unknown>;
  /** Show a file, or a cell of a notebook (counted from 0). */
  reveal: (path: string, cell?: number) => Promise<void>;
}

type NodeFetch = (path: string, init?: RequestInit) => Promise<Response>;

const bare = (url: string): string => url.replace(/\/+$/, '');

/** fetch() at a node: through the server route where it relays to that node. */
function nodeFetch(server: IWeb3Server, node: string): NodeFetch {
  return async (path, init) => {
    const info = await server.info();
    return info?.oceanNodes.some(one => bare(one) === bare(node))
      ? server.fetch(`ocean${path}`, init)
      : fetch(bare(node) + path, { ...init, credentials: 'omit' });
  };
}

/** Locks when they are needed: without them only publishing is impossible. */
const lazyLocks: ILocks = {
  request: async (...args) => browserLocks().request(...args)
};

export function createPublisher(host: IHost): Publisher {
  return new Publisher({
    addStreams: async (entries, options) => {
      const { addStreams } = await import('../ipfs/addStreams');
      return addStreams(host.ipfs, entries, options);
    },
    journal: new Journal(),
    locks: lazyLocks,
    ipfs: host.ipfs,
    pinning: host.pinning,
    wallet: host.wallet,
    ocean: createOceanPort({
      wallet: host.wallet,
      nodeFetch: node => nodeFetch(host.server, node)
    }),
    reopen: file => reopen(host, file.source?.path, file.path),
    takeOffDrive: async path => {
      if (!(await isThere(host, path))) {
        return;
      }
      if ((await host.takeOffDrive(path)) === null) {
        throw new PublishError('failed', `"${path}" was not copied`);
      }
    }
  });
}

/** What the person has moved or deleted meanwhile needs nobody any more. */
async function isThere(host: IHost, path: string): Promise<boolean> {
  try {
    await host.contents.get(path, { content: false });
    return true;
  } catch (error) {
    if ((error as { response?: Response }).response?.status === 404) {
      return false;
    }
    throw error;
  }
}

async function reopen(
  host: IHost,
  path: string | undefined,
  name: string
): Promise<IContent> {
  const [content] = path
    ? await contentsAt(host.contents, path, host.fetch)
    : [];
  if (!content) {
    throw new PublishError('content-unreadable', `"${name}" is gone`);
  }
  return content;
}

/** What the dialog asks of the outside; none of it shows a prompt. */
export function dialogDeps(host: IHost, publisher: Publisher): IDialogDeps {
  const { wallet, ipfs, pinning, server } = host;
  return {
    wallet,
    ipfs,
    pinning,
    memory: storageMemory(window.localStorage),
    checkDraft,
    estimate: async (draft, account, network, contents) =>
      estimatePublish({
        network,
        reader: wallet.reader(network.chainId),
        owner: account,
        price: draft.price,
        name: draft.name || 'Asset',
        tokenURI: 'urn:jupyterlab-web3:publish:estimate',
        ddoBytes: await recordBytes(draft, contents, {
          account,
          chainId: network.chainId,
          nodeUrl: network.oceanNode ?? ''
        })
      }),
    guard: {
      scan: scanContents,
      lookWhetherPublic: (contents, network, signal) =>
        lookWhetherPublic(
          contents,
          network,
          {
            ipfs,
            pinning,
            publishedHere: cids => publisher.cidsPublishedInTheClear(cids),
            assetsOfSizes: (at, sizes, stop) =>
              assetsOfSizes(server, at, sizes, stop)
          },
          signal
        ),
      holders: pinning && ((cid, signal) => pinning.holders(cid, { signal }))
    },
    askNode: (network: INetwork) => askNode(server, network),
    publishedInTheClear: contents => publisher.publishedInTheClear(contents)
  };
}

/** Records of the node's index with a file of one of these sizes, in bytes. */
async function assetsOfSizes(
  server: IWeb3Server,
  network: INetwork,
  sizes: readonly number[],
  signal: AbortSignal
): Promise<unknown[]> {
  const url = network.oceanNode ?? '';
  return new OceanNodeClient({
    url,
    fetch: nodeFetch(server, url),
    trusted: true
  }).query(
    {
      query: {
        bool: {
          filter: [
            {
              terms: {
                'metadata.additionalInformation.web3.files.size': [...sizes]
              }
            }
          ]
        }
      },
      from: 1,
      size: 50
    },
    { signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]) }
  );
}

async function askNode(server: IWeb3Server, network: INetwork): Promise<void> {
  if (!network.oceanNode) {
    throw new PublishError('no-node', 'No Ocean Node');
  }
  await new OceanNodeClient({
    url: network.oceanNode,
    fetch: nodeFetch(server, network.oceanNode),
    trusted: true
  }).status({ signal: AbortSignal.timeout(10_000) });
}
