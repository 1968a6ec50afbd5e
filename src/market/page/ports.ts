/**
 * What the sections of the asset page ask of other rooms. `pageServices.ts` answers
 * it; tests answer it with fakes.
 */
import type { Reader } from '../../ocean/chain';
import type { IFileInfo } from '../../ocean/nodeClient';
import type { IHolder, IIpfs, INetwork } from '../../tokens';
import type { IAsset } from '../ports';

/** The chain of an asset, for reading. */
export interface IAssetChain {
  reader: Reader;
  network: INetwork;
  /** Before this block there are no contracts of Ocean. */
  startBlock(): Promise<number>;
}

/** Assets of a seller, as the nodes of the settings list them. */
export interface IOwned {
  assets: IAsset[];
  /** Hosts of nodes that did not answer. */
  silent: string[];
  /** There are more than are listed. */
  more: boolean;
}

interface IStop {
  signal?: AbortSignal;
}

export interface IPagePorts {
  readonly ipfs: Pick<IIpfs, 'block' | 'status'>;
  /** Gateways and routers of the settings, as base URLs. */
  gateways(): Promise<readonly string[]>;
  /** Everybody who might have a content; null where nobody can be asked. */
  readonly holders:
    ((cid: string, o: IStop) => Promise<readonly IHolder[]>) | null;
  /** Throws `unknown-chain`. */
  chain(asset: IAsset): IAssetChain;
  /**
   * What the asset's node finds of its files. A node outside the settings is
   * asked only when the person agrees. Throws `node-refused-by-person`, and
   * what the node's client throws.
   */
  fileInfo(asset: IAsset, o: IStop): Promise<IFileInfo[]>;
  byOwner(owner: string, o: IStop): Promise<IOwned>;
  /** Show another asset. */
  open(did: string): void;
  /** A link that opens an asset in this JupyterLab. */
  link(did: string): string;
}
