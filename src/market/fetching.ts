/**
 * Fetching an asset: by CID from IPFS, or from the Ocean Node; unsealed; checked
 * against what was promised at publishing. Nothing is written here.
 */
import type { IContent } from '../content';
import type { ITree } from '../ipfs/fileTree';
import type { IWeb3File } from '../ocean/ddo';
import { OceanError } from '../ocean/errors';
import { checkCommitment, parseKeyUrl } from '../ocean/seal';
import { Arrival, type ISource } from './arrival';
import type { IDownloadDeps, IDownloadOptions } from './download';
import { codeOf, isCancelled, isIntegrity, MarketError } from './errors';
import { extensionOf } from './measures';
import { safePath, safePaths } from './place';
import type { IAsset, INode } from './ports';
import { bodyOf, catPatiently, spool } from './spool';

/** A file that came, and is what was promised. */
export interface IFetched {
  content: IContent;
  tree: ITree;
  cid: string;
  verified: true | null;
}

const OUR_PROFILE = 'unixfs-v1-2025';
// The key's URL is about 200 characters.
const KEY_LIMIT = 4096;

/** Fetching all files of one asset, one after the other. */
export class Fetching {
  constructor(
    private _deps: IDownloadDeps,
    private _asset: IAsset,
    private _options: IDownloadOptions
  ) {}

  /** @throws as `Downloads.download`, but for what the place throws */
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
    const { cid } = file;
    // Other ways of cutting a file have other CIDs: what lay in the browser
    // could not be checked by it again.
    const isOther = file.profile !== OUR_PROFILE;
    const arrival = await this._arrival(file, isOther ? null : (cid ?? null));
    const fromIpfs =
      cid !== undefined &&
      (await this._fetch(arrival, cid, index, source => arrival.plain(source)));
    if (cid === undefined) {
      await arrival.plain(this._nodeSource(index));
    }
    const { content, tree } = await arrival.end(name, file.mediaType);
    const found = tree.cid.toString();
    // The engine has checked the blocks, so what came by that CID is what it
    // names, however it was cut.
    if (cid !== undefined && found !== cid && !(isOther && fromIpfs)) {
      await arrival.restart();
      throw new MarketError(
        'not-what-was-promised',
        `${cid} was promised, ${found} came`
      );
    }
    return {
      content,
      tree,
      cid: cid ?? found,
      verified: cid === undefined ? null : true
    };
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
    const { key } = seal;
    const arrival = await this._arrival(file, path);
    await this._fetch(arrival, path, index, source =>
      arrival.sealed(source, { key, index })
    );
    const { content, tree } = await arrival.end(name, file.mediaType);
    const fetched = { content, tree, cid: tree.cid.toString() };
    if (!file.commitment) {
      return { ...fetched, verified: null };
    }
    try {
      await checkCommitment(tree.cid.bytes, key, file.commitment);
    } catch (reason) {
      await arrival.restart();
      throw reason;
    }
    return { ...fetched, verified: true };
  }

  private async _arrival(
    file: IWeb3File,
    path: string | null
  ): Promise<Arrival> {
    const { did } = this._asset;
    const before = this._before;
    const arrival = new Arrival(this._deps.partials ?? null, {
      did,
      file: path === null ? null : `${did} ${path}`,
      limit: Number.isFinite(file.size) ? file.size : undefined,
      signal: this._options.signal,
      onProgress: bytes => this._tell(before + bytes)
    });
    await arrival.load();
    return arrival;
  }

  /**
   * From IPFS, again as long as more of it comes; else from the node.
   *
   * @returns whether all of it came from IPFS
   */
  private async _fetch(
    arrival: Arrival,
    path: string,
    index: number,
    take: (source: ISource) => Promise<void>
  ): Promise<boolean> {
    const { signal, orderTx, account } = this._options;
    const attempt = async (source: ISource): Promise<unknown> => {
      try {
        await take(source);
        return null;
      } catch (reason) {
        signal?.throwIfAborted();
        if (isCancelled(reason) || codeOf(reason) === 'too-much') {
          await this._dropWrong(arrival, reason);
          throw reason;
        }
        return reason ?? new Error('No reason');
      }
    };
    const ipfs = this._ipfsSource(path);
    let had: number;
    let first: unknown;
    do {
      had = arrival.size;
      first = await attempt(ipfs);
      if (first === null) {
        return true;
      }
    } while (arrival.size > had && !isIntegrity(first));
    if (!orderTx || !account) {
      throw arrival.kept > 0
        ? this._brokeOff(arrival, first)
        : new MarketError(
            'needs-order',
            'No IPFS node has it: the Ocean Node has to be asked',
            {},
            { cause: first }
          );
    }
    const second = await attempt(this._nodeSource(index));
    if (second === null) {
      return false;
    }
    // That the bytes are wrong says more than that the node is down.
    const reason = isIntegrity(first) ? first : second;
    if (isIntegrity(reason)) {
      await this._dropWrong(arrival, reason);
      throw reason;
    }
    throw arrival.kept > 0 ? this._brokeOff(arrival, reason) : reason;
  }

  /** What is not what was promised is not kept. */
  private async _dropWrong(arrival: Arrival, reason: unknown): Promise<void> {
    if (isIntegrity(reason)) {
      await arrival.restart();
    }
  }

  private _brokeOff(arrival: Arrival, cause: unknown): MarketError {
    return new MarketError(
      'broke-off',
      `It broke off; ${arrival.kept} bytes are kept`,
      { kept: arrival.kept },
      { cause }
    );
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
      const arrival = new Arrival(null, {
        did,
        file: null,
        signal: this._options.signal,
        onProgress: bytes => this._tell(this._before + bytes)
      });
      await arrival.plain({ seeks: false, open: () => bodyOf(response) });
      const base = safePath(name).replace(/\//g, '-');
      const numbered = count > 1 ? `${base}-${index + 1}` : base;
      const { content, tree } = await arrival.end(
        numbered + extensionOf(mediaType),
        mediaType
      );
      const cid = tree.cid.toString();
      fetched.push({ content, tree, cid, verified: null });
      this._before += tree.size;
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

  private _tell(bytes: number): void {
    this._options.onProgress?.({ step: 'fetching', bytes, total: this._total });
  }

  private _ipfsSource(path: string): ISource {
    const { ipfs, patience = 20_000 } = this._deps;
    const { signal } = this._options;
    return {
      seeks: true,
      open: (offset, length) =>
        catPatiently(ipfs, path, patience, { offset, length, signal })
    };
  }

  private _nodeSource(index: number): ISource {
    const download = (): Promise<AsyncGenerator<Uint8Array>> =>
      this._fromNode(index);
    return {
      seeks: false,
      open: async function* () {
        yield* await download();
      }
    };
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
      // Nodes without tokens want each download signed; whatever else it is, more
      // requests would not help.
      if (
        !(reason instanceof OceanError) ||
        ![404, 405, 501].includes(reason.details.status ?? 0)
      ) {
        throw reason;
      }
    }
    return node;
  }

  private _opened: Promise<INode> | null = null;
  private _before = 0;
  private _total: number | null = null;
}
