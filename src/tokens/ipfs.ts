/** IPFS: engines, the mutable file system, pins of the engine. */
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';

import type { IContent, IReadOptions } from '../content';

export type IpfsState = 'unknown' | 'online' | 'offline';

export interface IIpfsStatus {
  state: IpfsState;
  /** Where the engine looks, in words for a person (`127.0.0.1:5001`). */
  endpoint: string;
  managed: boolean;
  /** Agent version (`0.43.0`), when online. */
  version?: string;
  /** Bytes that the repository holds, when known. */
  repoSize?: number;
  /** Why it is offline, in plain words. */
  reason?: string;
  /** A node answers there, but the browser may not read it from this page. */
  refusesPage?: boolean;
  /** What the browser lets this page keep, of which `repoSize` is used; in bytes. */
  quota?: number;
  /** Whether the browser promised not to clear it when space is short. */
  persisted?: boolean;
}

/** Where the page can fetch a content, and what to call it on disk. */
export interface IDownload {
  url: string;
  filename: string;
}

export interface IAddOptions {
  /** Pin what was added (default false; MFS and jobs keep what they need). */
  pin?: boolean;
  /** Only compute the CID, a file's in the page; nothing is stored. */
  onlyHash?: boolean;
  signal?: AbortSignal;
  /** Bytes sent so far. */
  onProgress?: (bytes: number) => void;
}

export interface IAddFolderOptions extends IAddOptions {
  /** Paths below the root of folders to make, though they may hold nothing. */
  folders?: readonly string[];
  /** Told of each file when it is stored; `name` as the content has it. */
  onFile?: (name: string, added: IAdded) => void;
}

export interface IAdded {
  cid: string;
  /** Bytes of the file, or of the blocks for a folder. */
  size: number;
}

/** An entry of a folder, as one listing tells it. */
export interface IMfsEntry {
  name: string;
  type: 'file' | 'directory';
  /** Bytes; 0 for folders. */
  size: number;
  cid: string;
}

export interface IMfsStat {
  type: 'file' | 'directory';
  cid: string;
  size: number;
  cumulativeSize: number;
  blocks: number;
}

/** The Mutable File System; paths are absolute, POSIX, and not encoded. */
export interface IMfsWriteOptions extends IAddOptions {
  /** Replace a file that is there (default true); else `IpfsExistsError`. */
  force?: boolean;
}

export interface IMfs {
  ls(path: string, o?: { signal?: AbortSignal }): Promise<IMfsEntry[]>;
  /** Throws `IpfsNotFoundError`. */
  stat(path: string, o?: { signal?: AbortSignal }): Promise<IMfsStat>;
  mkdir(path: string, o?: { parents?: boolean }): Promise<void>;
  /** `from` is an MFS path or `/ipfs/<cid>`; refuses an existing target unless `force`. */
  cp(from: string, to: string, o?: { force?: boolean }): Promise<void>;
  mv(from: string, to: string): Promise<void>;
  rm(path: string, o?: { recursive?: boolean }): Promise<void>;
  read(path: string, o?: IReadOptions): AsyncIterable<Uint8Array>;
  /**
   * Put a content at a path, all or nothing: it is added first and linked when
   * it is complete, so the CID is the one that `ipfs add` gives.
   */
  write(path: string, content: IContent, o?: IMfsWriteOptions): Promise<IAdded>;
}

export interface ILocalPins {
  add(cid: string, o?: { name?: string; signal?: AbortSignal }): Promise<void>;
  /** Removing what is not pinned is no error. */
  rm(cid: string): Promise<void>;
  has(cid: string): Promise<boolean>;
}

export interface ICarImported {
  /** Roots that the archive's header names. */
  roots: string[];
  /** Blocks that were read, each checked against its CID. */
  blocks: number;
}

/** Content Addressable aRchives (https://ipld.io/specs/transport/car/carv1/). */
export interface ICar {
  /** CARv1 of all that `root` reaches. */
  export(root: string, o?: { signal?: AbortSignal }): AsyncIterable<Uint8Array>;
  /**
   * Take all blocks of an archive in. Blocks are checked against their CIDs; an
   * archive that breaks off or lies throws, and none of its roots is kept.
   *
   * @param o.pin - pin the roots (default false: whoever imports links or pins)
   */
  import(
    car: IContent,
    o?: {
      pin?: boolean;
      signal?: AbortSignal;
      onProgress?: (bytes: number) => void;
    }
  ): Promise<ICarImported>;
}

export interface IIpnsKey {
  name: string;
  /** The IPNS name, a libp2p key as CIDv1 in base36 (`k51…`). */
  id: string;
}

/** IPNS names that the engine holds the keys of. */
export interface IIpns {
  keys(): Promise<IIpnsKey[]>;
  createKey(name: string): Promise<IIpnsKey>;
  /**
   * Point a name at a CID.
   *
   * @param key - name of a key of `keys()`
   */
  publish(
    cid: string,
    key: string,
    o?: { signal?: AbortSignal }
  ): Promise<{ name: string; value: string }>;
}

export type EngineKind = 'kubo' | 'browser';

/** One way to speak IPFS: a Kubo node, or this page. */
export interface IIpfsEngine {
  readonly kind: EngineKind;
  readonly status: IIpfsStatus;
  readonly statusChanged: ISignal<IIpfsEngine, IIpfsStatus>;
  /** Ask again whether it is there. Never rejects. */
  refresh(): Promise<IIpfsStatus>;
  add(content: IContent, o?: IAddOptions): Promise<IAdded>;
  /** Add several contents as one folder wrapped in a root; `name`s are paths. */
  addFolder(contents: IContent[], o?: IAddFolderOptions): Promise<IAdded>;
  /** `path` is a CID or `/ipfs/<cid>/…`. Blocks are checked by the engine. */
  cat(path: string, o?: IReadOptions): AsyncIterable<Uint8Array>;
  /** One block, checked against its CID. Throws `IpfsNotFoundError`. */
  block(
    cid: string,
    o?: { signal?: AbortSignal }
  ): Promise<Uint8Array<ArrayBuffer>>;
  readonly car: ICar;
  /** Null where the engine can't publish names. */
  readonly names: IIpns | null;
  /** The CID behind `/ipfs/<cid>/…` or `/ipns/<name>/…`. */
  resolve(path: string, o?: { signal?: AbortSignal }): Promise<string>;
  readonly files: IMfs;
  readonly pins: ILocalPins;
  /**
   * URL at which the browser can download a CID under a file name; null where
   * the engine has no gateway (see `download`).
   */
  gatewayUrl(cid: string, filename?: string): string | null;
  /**
   * A URL that this page can download from: the gateway's, or one of the page
   * itself (`blob:`) where there is none. Folders come as an archive.
   */
  download(
    cid: string,
    o: { filename: string; folder?: boolean; signal?: AbortSignal }
  ): Promise<IDownload>;
  /** Somebody else changed the files (another tab). Absent where nobody tells. */
  readonly filesChanged?: ISignal<IIpfsEngine, void>;
}

/** The node in the page. */
export interface IBrowserEngine extends IIpfsEngine {
  readonly kind: 'browser';
  /**
   * Remove the blocks that neither files nor pins need.
   *
   * @returns how many went; null when some are being written just now
   */
  free(): Promise<number | null>;
  /** Ask the browser not to clear it when space is short; whether it promised. */
  persist(): Promise<boolean>;
}

/** The engines that there are, for who lets a person choose. */
export interface IIpfsEngines {
  readonly kubo: IIpfsEngine;
  /** Opens it at the first call; rejects where the browser has no place. */
  browser(): Promise<IBrowserEngine>;
  /** A Kubo that answers while the page itself is used, or null. */
  readonly found: IIpfsStatus | null;
  /** Speak through this one from now on, and after a reload. */
  use(kind: EngineKind): Promise<void>;
}

export interface IIpfs extends Omit<
  IIpfsEngine,
  'kind' | 'statusChanged' | 'filesChanged'
> {
  readonly engine: IIpfsEngine;
  /** Null where there is no choice. */
  readonly engines: IIpfsEngines | null;
  readonly engineChanged: ISignal<IIpfs, IIpfsEngine>;
  readonly statusChanged: ISignal<IIpfs, IIpfsStatus>;
}

export const IIpfs = new Token<IIpfs>(
  'jupyterlab-web3:IIpfs',
  'IPFS: add, read, the mutable file system and local pins.'
);
