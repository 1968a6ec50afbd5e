/**
 * From an asset to files: fetched by CID from IPFS, or from the Ocean Node;
 * unsealed; checked against what was promised at publishing; only then written.
 */
import { BlobContent, type IContent } from '../content';
import { cidBytes } from '../ipfs/cid';
import type { IWeb3File } from '../ocean/ddo';
import { checkCommitment, parseKeyUrl, unsealStream } from '../ocean/seal';
import type { IIpfs } from '../tokens';
import { codeOf, isCancelled, isIntegrity, MarketError } from './errors';
import { extensionOf } from './measures';
import { placeContents, safePath, safePaths, type IPlace } from './place';
import type { IAsset, IMarketOcean, INode, UserData } from './ports';
import { bodyOf, catPatiently, spool } from './spool';

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
  step: 'fetching' | 'checking' | 'writing' | 'wallet';
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
  ipfs: Pick<IIpfs, 'cat' | 'add' | 'addFolder'>;
  ocean: Pick<IMarketOcean, 'node' | 'foreignHost'>;
  confirmForeign: (host: string) => Promise<boolean>;
  /** Milliseconds that IPFS may take for the first byte (default 20 000). */
  patience?: number;
}

interface IFetched {
  content: IContent;
  cid: string;
  verified: true | null;
}

const OUR_PROFILE = 'unixfs-v1-2025';
// The key's URL is about 200 characters.
const KEY_LIMIT = 4096;

export class Downloads {
  constructor(private _deps: IDownloadDeps) {}

  /**
   * Fetch, check and write an asset.
   *
   * @throws MarketError needs-order | not-bought | not-what-was-promised |
   *   too-much | no-target, OceanError wrong-key | tampered | not-sealed |
   *   commitment-mismatch | node-…, and what the place throws. Nothing is
   *   written unless everything was checked.
   */
  async download(
    asset: IAsset,
    options: IDownloadOptions
  ): Promise<IDownloaded> {
    const run = new Run(this._deps, asset, options);
    const fetched = await run.fetch();
    const { place, to, signal, onProgress } = options;
    const total = fetched.reduce(
      (sum, { content }) => sum + (content.size ?? 0),
      0
    );
    const contents = fetched.map(({ content }) => content);
    const folder = contents.length > 1;
    const cid = folder
      ? (await this._deps.ipfs.addFolder(contents, { onlyHash: true, signal }))
          .cid
      : fetched[0].cid;
    signal?.throwIfAborted();
    onProgress?.({ step: 'writing', bytes: 0, total });
    const path = await placeContents(place, contents, to, asset.name, {
      signal,
      onProgress: bytes => onProgress?.({ step: 'writing', bytes, total })
    });
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
}

/** One download. */
class Run {
  constructor(
    private _deps: IDownloadDeps,
    private _asset: IAsset,
    private _options: IDownloadOptions
  ) {}

  async fetch(): Promise<IFetched[]> {
    const { web3 } = this._asset;
    if (!web3 || web3.files.length === 0) {
      return this._foreign();
    }
    const paths =
      web3.files.length === 1
        ? [safePath(web3.files[0].path).split('/').pop() ?? 'file']
        : safePaths(web3.files.map(file => file.path));
    this._total = web3.sealed
      ? null
      : web3.files.reduce((sum, file) => sum + file.size, 0);
    const seal = web3.sealed ? await this._key(web3.files.length) : null;
    const fetched: IFetched[] = [];
    for (const [index, file] of web3.files.entries()) {
      const name = paths[index];
      fetched.push(
        seal
          ? await this._sealed(file, index, name, seal, web3.files.length)
          : await this._free(file, index, name)
      );
      this._before += fetched[index].content.size ?? 0;
    }
    return fetched;
  }

  /** Free content, promised by its CID. */
  private async _free(
    file: IWeb3File,
    index: number,
    name: string
  ): Promise<IFetched> {
    const limit = Number.isFinite(file.size) ? file.size : undefined;
    const { cid } = file;
    if (cid) {
      try {
        const blob = await this._spool(this._cat(cid), limit);
        const found = await this._hash(blob, name, file.mediaType);
        // Other ways of cutting a file have other CIDs; the engine has checked
        // the blocks of this one, so what came by that CID is what it names.
        if (found.cid === cid || file.profile !== OUR_PROFILE) {
          return { ...found, cid, verified: true };
        }
        throw new MarketError(
          'not-what-was-promised',
          `${cid} was promised, ${found.cid} came`
        );
      } catch (reason) {
        this._options.signal?.throwIfAborted();
        if (isCancelled(reason) || isIntegrity(reason)) {
          throw reason;
        }
        if (!this._options.orderTx || !this._options.account) {
          throw new MarketError(
            'needs-order',
            'No IPFS node has it: the Ocean Node has to be asked',
            {},
            { cause: reason }
          );
        }
      }
    }
    const blob = await this._spool(await this._fromNode(index), limit);
    const found = await this._hash(blob, name, file.mediaType);
    if (!cid) {
      return { ...found, verified: null };
    }
    if (found.cid !== cid) {
      throw new MarketError(
        'not-what-was-promised',
        `${cid} was promised, ${found.cid} came`
      );
    }
    return { ...found, verified: true };
  }

  /** Sealed content: ciphertext by CID, else from the node. */
  private async _sealed(
    file: IWeb3File,
    index: number,
    name: string,
    seal: { key: Uint8Array; cid: string },
    count: number
  ): Promise<IFetched> {
    // As publishing adds it: one file as itself, several in a folder.
    const path = count === 1 ? seal.cid : `${seal.cid}/${index}.sealed`;
    const open = async (
      source: AsyncIterable<Uint8Array>
    ): Promise<IFetched> => {
      const { key } = seal;
      const blob = await this._spool(
        unsealStream(source, { key, index }),
        Number.isFinite(file.size) ? file.size : undefined
      );
      const found = await this._hash(blob, name, file.mediaType);
      if (!file.commitment) {
        return { ...found, verified: null };
      }
      await checkCommitment(await cidBytes(found.cid), key, file.commitment);
      return { ...found, verified: true };
    };
    try {
      return await open(this._cat(path));
    } catch (first) {
      this._options.signal?.throwIfAborted();
      if (isCancelled(first)) {
        throw first;
      }
      try {
        return await open(await this._fromNode(index));
      } catch (second) {
        // That the bytes are wrong says more than that the node is down.
        throw isIntegrity(first) && !isCancelled(second) ? first : second;
      }
    }
  }

  /** An asset that this suite did not publish: there is nothing to check it with. */
  private async _foreign(): Promise<IFetched[]> {
    const { did, service, name } = this._asset;
    if (!service) {
      throw new MarketError('no-access', `${did} has no access service`);
    }
    const node = await this._node();
    const files = await node.fileInfo(
      { did, serviceId: service.id },
      { signal: this._options.signal }
    );
    const count = Math.max(1, files.length);
    const fetched: IFetched[] = [];
    for (let index = 0; index < count; index++) {
      const response = await this._download(index);
      const mediaType =
        files[index]?.mediaType ||
        response.headers.get('content-type')?.split(';')[0].trim() ||
        'application/octet-stream';
      const blob = await this._spool(bodyOf(response));
      const base = safePath(name).replace(/\//g, '-');
      const numbered = count > 1 ? `${base}-${index + 1}` : base;
      const found = await this._hash(
        blob,
        numbered + extensionOf(mediaType),
        mediaType
      );
      fetched.push({ ...found, verified: null });
      this._before += blob.size;
    }
    return fetched;
  }

  /** The sealing key: the last of the asset's files, released by the node. */
  private async _key(index: number): Promise<{ key: Uint8Array; cid: string }> {
    const body = await spool(await this._fromNode(index), {
      limit: KEY_LIMIT,
      signal: this._options.signal
    });
    return parseKeyUrl((await body.text()).trim());
  }

  private _spool(
    stream: AsyncIterable<Uint8Array>,
    limit?: number
  ): Promise<Blob> {
    const { signal, onProgress } = this._options;
    return spool(stream, {
      limit,
      signal,
      onProgress: bytes =>
        onProgress?.({
          step: 'fetching',
          bytes: this._before + bytes,
          total: this._total
        })
    });
  }

  private async _hash(
    data: Blob,
    name: string,
    mediaType: string
  ): Promise<{ content: BlobContent; cid: string }> {
    const { signal, onProgress } = this._options;
    onProgress?.({ step: 'checking', bytes: 0, total: data.size });
    const content = new BlobContent({
      name,
      data,
      mediaType,
      source: { kind: 'asset' }
    });
    const { cid } = await this._deps.ipfs.add(content, {
      onlyHash: true,
      signal
    });
    return { content, cid };
  }

  private _cat(path: string): AsyncGenerator<Uint8Array> {
    return catPatiently(
      this._deps.ipfs,
      path,
      this._deps.patience ?? 20_000,
      this._options.signal
    );
  }

  private async _fromNode(index: number): Promise<AsyncGenerator<Uint8Array>> {
    return bodyOf(await this._download(index));
  }

  private async _download(fileIndex: number): Promise<Response> {
    const { did, service } = this._asset;
    const { orderTx, signal } = this._options;
    const node = await this._node();
    if (!service || !orderTx) {
      throw new MarketError('not-bought', 'There is no valid order');
    }
    const what = { did, serviceId: service.id, orderTx, fileIndex };
    return node.download(what, { signal });
  }

  /** The node, with one signature for all that is asked of it. */
  private _node(): Promise<INode> {
    this._opened ??= this._open();
    return this._opened;
  }

  private async _open(): Promise<INode> {
    const { ocean, confirmForeign } = this._deps;
    const { account, orderTx, userdata, signal, onProgress } = this._options;
    if (!account || !orderTx) {
      throw new MarketError('not-bought', 'There is no valid order');
    }
    const host = ocean.foreignHost(this._asset);
    if (host && !(await confirmForeign(host))) {
      throw new MarketError('node-refused-by-person', host, { host });
    }
    const node = await ocean.node(this._asset, account, userdata);
    onProgress?.({ step: 'wallet', bytes: 0, total: null });
    try {
      await node.authToken({ signal });
    } catch (reason) {
      // Nodes without tokens sign each download; a "no" of the person counts.
      if (codeOf(reason) !== 'node-refused') {
        throw reason;
      }
    }
    return node;
  }

  private _opened: Promise<INode> | null = null;
  private _before = 0;
  private _total: number | null = null;
}
