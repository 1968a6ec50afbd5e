/**
 * From an asset to files: fetched, unsealed and checked (`fetching.ts`); only
 * then written.
 */
import { folderTree, PLAIN_FOLDER } from '../ipfs/fileTree';
import type { IIpfs } from '../tokens';
import { Fetching, type IFetched } from './fetching';
import type { IPartials } from './partials';
import { placeContents, type IPlace } from './place';
import type { IAsset, IMarketOcean, UserData } from './ports';

export interface IDownloaded {
  did: string;
  /** Contents path of the file or folder. */
  path: string;
  /** CID of the plaintext; of the folder where there are several files. */
  cid: string;
  /** True: it is what the publisher committed to. Null: nothing to check against. */
  verified: true | null;
  folder: boolean;
  mediaType: string;
  size: number;
}

export interface IDownloadProgress {
  step: 'fetching' | 'writing' | 'wallet';
  /** Bytes so far, of `total` where it is known. */
  bytes: number;
  total: number | null;
}

export interface IDownloadOptions {
  /** Account that bought it; null works only for free content on IPFS. */
  account: string | null;
  /** Transaction of the order, where there is one. */
  orderTx: string | null;
  place: IPlace;
  /** Path in `place`; a folder where it ends with `/` or is one. */
  to: string;
  /** Values of the service's consumer parameters. */
  userdata?: UserData;
  signal?: AbortSignal;
  onProgress?: (progress: IDownloadProgress) => void;
}

export interface IDownloadDeps {
  ipfs: Pick<IIpfs, 'cat' | 'addFolder'>;
  /** Where broken downloads are kept; nowhere by default. */
  partials?: IPartials;
  ocean: Pick<IMarketOcean, 'node' | 'foreignHost'>;
  confirmForeign: (host: string) => Promise<boolean>;
  /** Milliseconds that IPFS may take for the first byte (default 20 000). */
  patience?: number;
}

export class Downloads {
  constructor(private _deps: IDownloadDeps) {}

  /**
   * Fetch, check and write an asset.
   *
   * @throws MarketError needs-order | not-bought | not-what-was-promised |
   *   too-much | broke-off | no-target, OceanError wrong-key | tampered | not-sealed |
   *   commitment-mismatch | node-…, and what the place throws. Nothing is
   *   written unless everything was checked.
   */
  async download(
    asset: IAsset,
    options: IDownloadOptions
  ): Promise<IDownloaded> {
    const fetched = await new Fetching(this._deps, asset, options).fetch();
    const { place, to, signal, onProgress } = options;
    const total = fetched.reduce(
      (sum, { content }) => sum + (content.size ?? 0),
      0
    );
    const contents = fetched.map(({ content }) => content);
    const folder = contents.length > 1;
    const cid = folder
      ? await this._folderCid(fetched, signal)
      : fetched[0].cid;
    signal?.throwIfAborted();
    onProgress?.({ step: 'writing', bytes: 0, total });
    const path = await placeContents(place, contents, to, asset.name, {
      signal,
      onProgress: bytes => onProgress?.({ step: 'writing', bytes, total })
    });
    await this._deps.partials?.discard(asset.did);
    return {
      did: asset.did,
      path,
      cid,
      verified: fetched.every(({ verified }) => verified) ? true : null,
      folder,
      mediaType: folder ? 'inode/directory' : contents[0].mediaType,
      size: total
    };
  }

  /** Bytes of an asset that a download which broke off left here. */
  async kept(did: string): Promise<number> {
    return (await this._deps.partials?.bytes(did)) ?? 0;
  }

  /** Let go of what a download left here. */
  async discard(did: string): Promise<void> {
    await this._deps.partials?.discard(did);
  }

  private async _folderCid(
    fetched: readonly IFetched[],
    signal: AbortSignal | undefined
  ): Promise<string> {
    if (fetched.length > PLAIN_FOLDER) {
      const contents = fetched.map(({ content }) => content);
      const options = { onlyHash: true, signal };
      return (await this._deps.ipfs.addFolder(contents, options)).cid;
    }
    const { cid } = await folderTree(
      fetched.map(({ content, tree }) => ({ path: content.name, tree }))
    );
    return cid.toString();
  }
}
