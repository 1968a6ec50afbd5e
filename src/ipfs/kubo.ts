/**
 * A Kubo node as the engine.
 */
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IContent, IReadOptions } from '../content';
import type {
  IAdded,
  IAddFolderOptions,
  IAddOptions,
  ICar,
  IDownload,
  IIpfsEngine,
  IIpfsStatus,
  IIpns,
  ILocalPins,
  IMfs
} from '../tokens';
import type { IKuboConnection } from './connection';
import {
  IpfsCancelledError,
  IpfsError,
  IpfsOfflineError,
  isCancelled,
  throwIfCancelled
} from './errors';
import { KuboCar, KuboNames, KuboPins } from './kuboParts';
import { KuboMfs } from './mfs';
import { KuboRpc } from './rpc';

/**
 * Profile `unixfs-v1-2025` of IPIP-499 as options of `add`, so that the CIDs
 * are the same on a node that is configured otherwise. The HAMT threshold and
 * its estimation mode are no options of `add` in Kubo 0.43: its default
 * (256 KiB) is the profile's; only folders near that threshold can differ.
 */
export const UNIXFS_V1_2025 = {
  'cid-version': 1,
  'raw-leaves': true,
  hash: 'sha2-256',
  chunker: 'size-1048576',
  trickle: false,
  'max-file-links': 1024,
  'max-directory-links': 0,
  'max-hamt-fanout': 256
} as const;

export class KuboEngine implements IIpfsEngine {
  constructor(connection: IKuboConnection) {
    this._connection = connection;
    this._rpc = new KuboRpc(connection);
    this.files = new KuboMfs(this._rpc, (content, options) =>
      this.add(content, options)
    );
    this.pins = new KuboPins(this._rpc);
    this.car = new KuboCar(this._rpc);
    this.names = new KuboNames(this._rpc);
    this._status = {
      state: 'unknown',
      endpoint: connection.endpoint,
      managed: connection.managed
    };
  }

  readonly kind = 'kubo' as const;
  readonly files: IMfs;
  readonly pins: ILocalPins;
  readonly car: ICar;
  readonly names: IIpns;

  get status(): IIpfsStatus {
    return this._status;
  }

  get statusChanged(): ISignal<IIpfsEngine, IIpfsStatus> {
    return this._statusChanged;
  }

  /** Ask for version and repository size; several callers share one request. */
  refresh(): Promise<IIpfsStatus> {
    this._refreshing ??= this._ask().finally(() => {
      this._refreshing = null;
    });
    return this._refreshing;
  }

  /** The person named its address in the settings. */
  get named(): boolean {
    return this._connection.named ?? false;
  }

  /** Whether it is worth asking for more; makes no noise when it is not. */
  async answers(): Promise<boolean> {
    return (await this._connection.answers?.()) ?? true;
  }

  async add(content: IContent, options: IAddOptions = {}): Promise<IAdded> {
    if (options.onlyHash && globalThis.crypto?.subtle) {
      // Here, not at the node: it may be about to be sealed, or never to leave.
      const { hashOnly } = await import('./onlyHash');
      return hashOnly(content, options);
    }
    const blob = await readBlob(content, options.signal);
    const form = new FormData();
    // The name of a single file is no part of its CID: a plain one spares
    // every question of encoding.
    form.append('file', blob, 'file');
    const { signal, onProgress } = options;
    const events = await this._rpc.upload('add', form, {
      query: this._addQuery(options),
      signal,
      subject: content.name,
      // Without the framing of the form.
      onProgress:
        onProgress && (bytes => onProgress(Math.min(bytes, blob.size)))
    });
    const cid = lastHash(events, name => name === 'file');
    if (!cid) {
      throw new IpfsError(
        'incomplete',
        `${content.name}: the node did not say what it added`
      );
    }
    onProgress?.(blob.size);
    return { cid, size: blob.size };
  }

  async addFolder(
    contents: IContent[],
    options: IAddFolderOptions = {}
  ): Promise<IAdded> {
    const { addFolder } = await import('./kuboFolder');
    const query = this._addQuery({ ...options, pin: false });
    const added = await addFolder(this._rpc, query, contents, options);
    if (options.pin && !options.onlyHash) {
      await this.pins.add(added.cid, { signal: options.signal });
    }
    return added;
  }

  cat(path: string, options: IReadOptions = {}): AsyncIterable<Uint8Array> {
    return this._rpc.bytes('cat', [path], null, {
      query: { offset: options.offset, length: options.length },
      signal: options.signal,
      passing: options.passing
    });
  }

  async block(
    cid: string,
    options: { signal?: AbortSignal } = {}
  ): Promise<Uint8Array<ArrayBuffer>> {
    const response = await this._rpc.post('block/get', [cid], options);
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      bytes = new Uint8Array(await response.arrayBuffer());
    } catch (error) {
      throw this._rpc.failure(error, options.signal);
    }
    const { assertBlock } = await import('./block');
    await assertBlock(cid, bytes);
    return bytes;
  }

  async resolve(
    path: string,
    options: { signal?: AbortSignal } = {}
  ): Promise<string> {
    const { Path } = await this._rpc.json<{ Path: string }>('resolve', [path], {
      ...options,
      query: { recursive: true }
    });
    const cid = /^\/ipfs\/([^/]+)$/.exec(Path)?.[1];
    if (!cid) {
      throw new IpfsError('failed', `${path} leads to ${Path}, not to a CID`);
    }
    return cid;
  }

  gatewayUrl(cid: string, filename?: string): string {
    return this._connection.gatewayUrl(cid, filename);
  }

  async download(
    cid: string,
    { filename, folder }: { filename: string; folder?: boolean }
  ): Promise<IDownload> {
    const name = folder ? `${filename}.tar` : filename;
    const url = this.gatewayUrl(cid, name);
    return { url: folder ? `${url}&format=tar` : url, filename: name };
  }

  private _addQuery(
    options: IAddOptions
  ): Record<string, string | number | boolean | undefined> {
    return {
      ...UNIXFS_V1_2025,
      pin: options.pin ?? false,
      'only-hash': options.onlyHash || undefined,
      progress: false
    };
  }

  private async _ask(): Promise<IIpfsStatus> {
    let status: IIpfsStatus;
    const timeout = AbortSignal.timeout(10_000);
    try {
      await this._connection.prepare();
      const { Version } = await this._rpc.json<{ Version: string }>(
        'version',
        [],
        { signal: timeout }
      );
      status = { ...this._base(), state: 'online', version: Version };
      status.repoSize = await this._repoSize(timeout);
    } catch (error) {
      status = {
        ...this._base(),
        state: 'offline',
        reason: timeout.aborted
          ? 'no answer within 10 seconds'
          : error instanceof IpfsOfflineError
            ? error.reason
            : error instanceof Error
              ? error.message
              : String(error)
      };
      if (await this._connection.refusesPage?.()) {
        status.refusesPage = true;
      }
    }
    this._setStatus(status);
    return status;
  }

  /** Undefined where the node doesn't tell: it only decorates the status line. */
  private async _repoSize(signal: AbortSignal): Promise<number | undefined> {
    try {
      const { RepoSize } = await this._rpc.json<{ RepoSize: number }>(
        'repo/stat',
        [],
        { query: { 'size-only': true }, signal }
      );
      return RepoSize;
    } catch (error) {
      console.debug('The size of the IPFS repository is unknown', error);
      return undefined;
    }
  }

  private _base(): Pick<IIpfsStatus, 'endpoint' | 'managed'> {
    return {
      endpoint: this._connection.endpoint,
      managed: this._connection.managed
    };
  }

  private _setStatus(status: IIpfsStatus): void {
    const before = JSON.stringify(this._status);
    this._status = status;
    if (JSON.stringify(status) !== before) {
      this._statusChanged.emit(status);
    }
  }

  private _connection: IKuboConnection;
  private _rpc: KuboRpc;
  private _status: IIpfsStatus;
  private _statusChanged = new Signal<IIpfsEngine, IIpfsStatus>(this);
  private _refreshing: Promise<IIpfsStatus> | null = null;
}

async function readBlob(
  content: IContent,
  signal: AbortSignal | undefined
): Promise<Blob> {
  throwIfCancelled(signal);
  try {
    return await content.blob({ signal });
  } catch (error) {
    throw isCancelled(error) ? new IpfsCancelledError({ cause: error }) : error;
  }
}

function lastHash(
  events: Record<string, unknown>[],
  named: (name: unknown) => boolean
): string | null {
  let hash: string | null = null;
  for (const event of events) {
    if (named(event.Name) && typeof event.Hash === 'string') {
      hash = event.Hash;
    }
  }
  return hash;
}
