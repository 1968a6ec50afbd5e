/**
 * The node in the page: the UnixFS of Helia over IndexedDB. It speaks to nobody:
 * what it holds, nobody else can fetch, and what it lacks it does not look for
 * (gateways that the person allows are asked by those who want it).
 *
 * Of Helia this takes the importer (@helia/unixfs) and the stores. Its core
 * brings a network stack, pins that count each block, and a sweep that knows
 * nothing of files, none of which has a use here.
 */
import { unixfs } from '@helia/unixfs';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import { CID } from 'multiformats/cid';

import type { IContent, IReadOptions } from '../content';
import type {
  IAdded,
  IAddFolderOptions,
  IAddOptions,
  IBrowserEngine,
  ICar,
  IDownload,
  IIpfsEngine,
  IIpfsStatus,
  IMfs
} from '../tokens';
import { assertBlock } from './block';
import { PageCar } from './browserCar';
import { downloadFrom, type DownloadUrls } from './browserDownload';
import { Folders } from './browserFolders';
import { grow, mapped, NoBlocks, treeOf } from './browserTree';
import { PagePins, Sweeper, Whole } from './browserKept';
import { PageMfs, parseCid } from './browserMfs';
import { Room, type Storage } from './browserStorage';
import {
  Guard,
  type IStores,
  PageBlocks,
  Records,
  storeError
} from './browserStore';
import { IpfsCancelledError, IpfsError, throwIfCancelled } from './errors';
import { type IUnixfsLink, readFile } from './unixfs';

export interface IBrowserOptions {
  stores: IStores;
  /** What people know this page by, e.g. `localhost:8888`. */
  endpoint: string;
  /** `navigator.storage`; null where there is none. */
  storage: Storage | null;
}

/** Profile of IPIP-499; the options of `add` in kubo.ts say the same. */
const PROFILE = 'unixfs-v1-2025';
/** When what an upload left is looked for, in ms. */
const WASTE_MS = 1000;
/** When after a change the room is looked at again, in ms. */
const LOOK_MS = 1000;

export class BrowserEngine implements IBrowserEngine {
  constructor(options: IBrowserOptions) {
    const { stores, storage } = options;
    this._options = options;
    this._guard = new Guard(stores);
    this._room = new Room(storage);
    this._blocks = new PageBlocks(stores.blocks);
    const records = new Records(stores.records);
    const { _blocks: blocks, _guard: guard } = this;
    const whole = new Whole(records, blocks);
    this._mfs = new PageMfs({
      blocks,
      records,
      guard,
      makeRoom: content => this._makeRoom(content.size ?? 0),
      add: (content, o) => this._addFile(content, o),
      whole,
      linked: cid => this._sweeper.release(cid.toString()),
      wasted: () => this._wasted(),
      changed: () => {
        stores.channel?.postMessage('files');
        this._later();
      }
    });
    this.files = this._mfs;
    this._sweeper = new Sweeper(records, blocks, guard, () => this._mfs.root());
    this.pins = new PagePins(records, guard, whole);
    this.car = new PageCar({
      blocks,
      guard,
      keep: (root, pin) => this._keep(root.toString(), pin),
      wasted: () => this._wasted()
    });
    this._status = {
      state: 'online',
      endpoint: options.endpoint,
      managed: false
    };
    stores.channel?.addEventListener('message', () => {
      this._filesChanged.emit();
      this._later();
    });
  }

  readonly kind = 'browser' as const;
  readonly names = null;
  readonly files: IMfs;
  readonly pins: PagePins;
  readonly car: ICar;

  get status(): IIpfsStatus {
    return this._status;
  }

  get statusChanged(): ISignal<IIpfsEngine, IIpfsStatus> {
    return this._statusChanged;
  }

  /** Another tab changed the files. */
  get filesChanged(): ISignal<IIpfsEngine, void> {
    return this._filesChanged;
  }

  /** How full it is. */
  async refresh(): Promise<IIpfsStatus> {
    try {
      const room = await this._room.look();
      this._setStatus({
        state: 'online',
        endpoint: this._options.endpoint,
        managed: false,
        ...(room && {
          repoSize: room.usage,
          quota: room.quota,
          persisted: room.persisted
        })
      });
    } catch (error) {
      // The estimate only decorates the status line.
      console.debug('The browser does not tell how much it keeps', error);
    }
    return this._status;
  }

  /** Remove what neither files nor pins need; null when it is busy. */
  async free(): Promise<number | null> {
    const gone = await this._sweeper.sweep();
    await this.refresh();
    return gone;
  }

  async persist(): Promise<boolean> {
    const kept = await this._room.ask();
    await this.refresh();
    return kept;
  }

  async add(content: IContent, options: IAddOptions = {}): Promise<IAdded> {
    if (!options.onlyHash) {
      await this._makeRoom(content.size ?? 0);
    }
    return this._guard.keep(async () => {
      const added = await this._addFile(content, options);
      if (!options.onlyHash) {
        await this._keep(added.cid, options.pin ?? false);
      }
      return added;
    });
  }

  async addFolder(
    contents: IContent[],
    options: IAddFolderOptions = {}
  ): Promise<IAdded> {
    const tree = treeOf(contents, options.folders);
    if (!options.onlyHash) {
      await this._makeRoom(
        contents.reduce((sum, content) => sum + (content.size ?? 0), 0)
      );
    }
    return this._guard.keep(async () => {
      const { signal, onProgress, onFile } = options;
      let done = 0;
      const links = await mapped(contents, async content => {
        let sent = 0;
        const { link, size } = await this._import(content, {
          onlyHash: options.onlyHash,
          signal,
          onProgress: bytes => {
            done += bytes - sent;
            sent = bytes;
            onProgress?.(done);
          }
        });
        onFile?.(content.name, { cid: link.cid.toString(), size });
        return link;
      });
      const folders = new Folders(
        options.onlyHash ? new NoBlocks(this._blocks.raw) : this._blocks
      );
      const root = await grow(
        tree,
        async content => links.get(content)!,
        folders
      );
      const cid = root.cid.toString();
      if (!options.onlyHash) {
        await this._keep(cid, options.pin ?? false);
      }
      return { cid, size: root.size };
    });
  }

  async *cat(
    path: string,
    options: IReadOptions = {}
  ): AsyncGenerator<Uint8Array> {
    const cid = await this._cidOf(path, options);
    yield* readFile(cid, this._blocks, options);
  }

  async block(
    cid: string,
    options: { signal?: AbortSignal } = {}
  ): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await this._blocks.get(parseCid(cid), options);
    await assertBlock(cid, bytes);
    return bytes;
  }

  async resolve(
    path: string,
    options: { signal?: AbortSignal } = {}
  ): Promise<string> {
    return (await this._cidOf(path, options)).toString();
  }

  gatewayUrl(): null {
    return null;
  }

  download(
    cid: string,
    options: { filename: string; folder?: boolean; signal?: AbortSignal }
  ): Promise<IDownload> {
    return downloadFrom(this, this._urls, cid, options);
  }

  /** Let go of databases and tabs; the engine is of no use afterwards. */
  async dispose(): Promise<void> {
    clearTimeout(this._timer);
    clearTimeout(this._sweeping);
    for (const url of this._urls.values()) {
      URL.revokeObjectURL(url);
    }
    Signal.clearData(this);
    await this._options.stores.close();
  }

  private async _cidOf(
    path: string,
    options: { signal?: AbortSignal }
  ): Promise<CID> {
    if (path.startsWith('/ipns/')) {
      throw new IpfsError(
        'refused',
        `${path}: names are looked up in the network, which this page is no part of`
      );
    }
    const full = path.startsWith('/ipfs/') ? path : `/ipfs/${path}`;
    return this._mfs.find(full.replace(/\/+$/, ''), options);
  }

  private async _addFile(
    content: IContent,
    options: IAddOptions
  ): Promise<IAdded> {
    const { link, size } = await this._import(content, options);
    return { cid: link.cid.toString(), size };
  }

  /** Read a content block by block into the store; nothing links it yet. */
  private async _import(
    content: IContent,
    options: IAddOptions
  ): Promise<{ link: IUnixfsLink; size: number }> {
    const { signal, onProgress, onlyHash } = options;
    throwIfCancelled(signal);
    let size = 0;
    let stored = 0;
    const bytes = async function* (): AsyncGenerator<Uint8Array> {
      for await (const part of content.stream({ signal })) {
        throwIfCancelled(signal);
        size += part.length;
        yield part;
        onProgress?.(size);
      }
    };
    const { raw } = this._blocks;
    const fs = unixfs({
      blockstore: {
        get: raw.get.bind(raw),
        has: raw.has.bind(raw),
        put: async (cid, block) => {
          stored += (block as Uint8Array).length;
          if (!onlyHash) {
            await this._blocks.put(cid, block as Uint8Array);
          }
          return cid;
        }
      }
    });
    try {
      const cid = await fs.addByteStream(bytes(), { profile: PROFILE, signal });
      throwIfCancelled(signal);
      return { link: { name: content.name, cid, size: stored }, size };
    } catch (error) {
      if (!onlyHash) {
        this._wasted();
      }
      throw signal?.aborted
        ? new IpfsCancelledError({ cause: error })
        : contentOrStore(error, content.name);
    }
  }

  /** Before blocks are held: nothing is swept away while they are. */
  private async _makeRoom(bytes: number): Promise<void> {
    await this._room.askOnce();
    await this._room.need(bytes, () => this._sweeper.sweep());
  }

  /** Pin what was added, or keep it until somebody links or pins it. */
  private async _keep(cid: string, pin: boolean): Promise<void> {
    await (pin ? this.pins.add(cid) : this._sweeper.hold(cid));
  }

  /** Blocks lie there that nothing will ever name. */
  private _wasted(tries = 5): void {
    clearTimeout(this._sweeping);
    this._sweeping = setTimeout(() => {
      this.free().then(
        gone => {
          if (gone === null && tries > 1) {
            // Others write just now.
            this._wasted(tries - 1);
          }
        },
        (reason: unknown) => {
          console.warn('What was left of an upload stays for now', reason);
        }
      );
    }, WASTE_MS);
  }

  /** Look how full it is when the writing pauses. */
  private _later(): void {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => void this.refresh(), LOOK_MS);
  }

  private _setStatus(status: IIpfsStatus): void {
    const before = JSON.stringify(this._status);
    this._status = status;
    if (JSON.stringify(status) !== before) {
      this._statusChanged.emit(status);
    }
  }

  private _options: IBrowserOptions;
  private _blocks: PageBlocks;
  private _guard: Guard;
  private _room: Room;
  private _mfs: PageMfs;
  private _sweeper: Sweeper;
  private _status: IIpfsStatus;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _sweeping: ReturnType<typeof setTimeout> | undefined;
  private _urls: DownloadUrls = new Map();
  private _statusChanged = new Signal<IIpfsEngine, IIpfsStatus>(this);
  private _filesChanged = new Signal<IIpfsEngine, void>(this);
}

/** What reading the content threw stays as it is; what the store threw gets a code. */
function contentOrStore(error: unknown, subject: string): unknown {
  const name = (error as { name?: unknown } | null)?.name;
  return name === 'ContentUnreadableError' ? error : storeError(error, subject);
}
