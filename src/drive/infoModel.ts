/**
 * What there is to know of one CID. Its root block comes first; preview, pins
 * and names follow, each when it is there.
 */
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import { base36 } from 'multiformats/bases/base36';
import { CID } from 'multiformats/cid';

import { dagNode, type IDagNode, textOrHex } from '../ipfs/dag';
import { isCancelled } from '../ipfs/errors';
import { AnyBlocks } from '../ipfs/gatewayFallback';
import { type IName, ownNames } from '../ipfs/ipns';
import { DAG_PB, listFolder, RAW, readFile } from '../ipfs/unixfs';
import type { IBlockSource } from '../ipfs/unixfsWalk';
import type { IHolder, IIpfs, IPinning } from '../tokens';
import { mediaTypeOf } from './mediaType';
import { DRIVE_NAME } from './paths';

/** Largest picture that is shown, in bytes. */
const IMAGE_LIMIT = 10 * 1024 * 1024;
/** Bytes of a text that are shown, and that its kind is told by. */
const TEXT_BYTES = 20_000;
/** Entries of a folder that are shown. */
export const ENTRIES_SHOWN = 50;

export type Preview =
  | { kind: 'image'; blob: Blob }
  | { kind: 'text'; text: string; cut: boolean }
  | { kind: 'folder'; entries: { name: string; cid: string }[]; cut: boolean };

/** Something that is asked for while the rest is shown already. */
export type Asked<T> =
  | { state: 'asking' }
  | { state: 'told'; value: T }
  | { state: 'failed'; problem: unknown };

const ASKING = { state: 'asking' } as const;

export interface IInfoSubject {
  cid: string;
  /** What it is called, where it has a name. */
  name: string | null;
  /** Contents path, where it is on the drive. */
  path: string | null;
}

export interface ICidForms {
  base32: string;
  base36: string;
  /** Null where version 0 can't say it. */
  v0: string | null;
}

export class InfoModel {
  constructor(
    private _options: {
      ipfs: IIpfs;
      pinning: Pick<IPinning, 'holders'> | null;
      gateways: () => readonly string[];
    },
    readonly subject: IInfoSubject
  ) {
    const cid = CID.parse(subject.cid);
    this._cid = cid.toV1();
    this.forms = formsOf(cid);
    this.hash = hashName(cid.multihash.code);
  }

  readonly forms: ICidForms;
  /** Name of the hash function. */
  readonly hash: string;
  /** The root block; null while it is looked for. */
  node: IDagNode | null = null;
  problem: unknown = null;
  /** Bytes of the file, or null where it is none. */
  size: number | null = null;
  /** Bytes of all blocks, as the root says. */
  cumulativeSize = 0;
  /** Blocks that the root tells of, itself included. */
  blocks = 1;
  /** Whether there are more below those. */
  blocksBelow = false;
  mediaType: string | null = null;
  preview: Asked<Preview | null> = ASKING;
  holders: Asked<IHolder[]> = ASKING;
  names: Asked<IName[]> = ASKING;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get canPublishNames(): boolean {
    return this._options.ipfs.names !== null;
  }

  /** Look at it; also to try again. */
  async load(): Promise<void> {
    this._stop.abort();
    const { signal } = (this._stop = new AbortController());
    this.problem = null;
    this.preview = ASKING;
    this._changed.emit();
    const { ipfs, gateways } = this._options;
    const source = new AnyBlocks(ipfs, gateways());
    try {
      const bytes = await source.get(this._cid, { signal });
      this._describe(dagNode(this._cid, bytes));
    } catch (error) {
      if (signal.aborted || isCancelled(error)) {
        return;
      }
      this.problem = error;
      this.preview = { state: 'told', value: null };
    }
    this._changed.emit();
    await Promise.all([
      this.node &&
        this._ask(
          signal,
          () => this._look(source, signal),
          answer => (this.preview = answer)
        ),
      this.askHolders(),
      this.askNames()
    ]);
  }

  /** Ask everybody who may have it. */
  askHolders(): Promise<void> {
    const { signal } = this._stop;
    return this._ask(
      signal,
      () => this._holders(signal),
      answer => (this.holders = answer)
    );
  }

  /** Look which names point at it; also after one was published. */
  askNames(): Promise<void> {
    const { signal } = this._stop;
    return this._ask(
      signal,
      async () => {
        const names = await ownNames(this._options.ipfs, { signal });
        return names.filter(({ value }) => value && this._isThis(value));
      },
      answer => (this.names = answer)
    );
  }

  dispose(): void {
    this._stop.abort();
    Signal.clearData(this);
  }

  private _describe(node: IDagNode): void {
    this.node = node;
    this.size = node.fileSize;
    this.cumulativeSize = node.links.reduce(
      (sum, link) => sum + (link.size ?? 0),
      node.blockSize
    );
    this.blocks = 1 + node.links.length;
    this.blocksBelow = node.links.some(
      link => CID.parse(link.cid).code !== RAW
    );
  }

  private async _look(
    source: IBlockSource,
    signal: AbortSignal
  ): Promise<Preview | null> {
    const { kind } = this.node!;
    if (kind === 'directory' || kind === 'shard') {
      const entries: { name: string; cid: string }[] = [];
      for await (const { name, cid } of listFolder(this._cid, source, {
        signal
      })) {
        if (entries.length === ENTRIES_SHOWN) {
          return { kind: 'folder', entries, cut: true };
        }
        entries.push({ name, cid: cid.toString() });
      }
      return { kind: 'folder', entries, cut: false };
    }
    if (this.size === null || (kind !== 'file' && kind !== 'raw')) {
      return null;
    }
    const head = await collect(
      readFile(this._cid, source, { length: TEXT_BYTES, signal })
    );
    this.mediaType = mediaTypeOf(head, this.subject.name);
    if (this.mediaType.startsWith('image/') && this.size <= IMAGE_LIMIT) {
      const whole =
        head.length === this.size
          ? head
          : await collect(readFile(this._cid, source, { signal }));
      return {
        kind: 'image',
        blob: new Blob([whole], { type: this.mediaType })
      };
    }
    const { text, format } = textOrHex(head);
    return format === 'text' && text
      ? { kind: 'text', text, cut: head.length < this.size }
      : null;
  }

  private async _holders(signal: AbortSignal): Promise<IHolder[]> {
    const { ipfs, pinning } = this._options;
    const cid = this.forms.base32;
    if (pinning) {
      return pinning.holders(cid, { signal });
    }
    return [
      {
        id: 'node',
        label: ipfs.status.endpoint,
        // What has a place on the drive is kept by that.
        has:
          this.subject.path?.startsWith(`${DRIVE_NAME}:`) ||
          (await ipfs.pins.has(cid)),
        checked: new Date().toISOString()
      }
    ];
  }

  private async _ask<T>(
    signal: AbortSignal,
    ask: () => Promise<T>,
    set: (answer: Asked<T>) => void
  ): Promise<void> {
    set(ASKING);
    this._changed.emit();
    try {
      set({ state: 'told', value: await ask() });
    } catch (problem) {
      if (signal.aborted) {
        return;
      }
      set({ state: 'failed', problem });
    }
    if (!signal.aborted) {
      this._changed.emit();
    }
  }

  private _isThis(value: string): boolean {
    return CID.parse(value).toV1().equals(this._cid);
  }

  private _cid: CID;
  private _stop = new AbortController();
  private _changed = new Signal<this, void>(this);
}

/** The texts that one CID has. */
export function formsOf(cid: CID): ICidForms {
  const v1 = cid.toV1();
  const { code, multihash } = v1;
  // Version 0 is dag-pb with 32 bytes of sha2-256, and nothing else.
  const old =
    code === DAG_PB && multihash.code === 0x12 && multihash.size === 32;
  return {
    base32: v1.toString(),
    base36: v1.toString(base36),
    v0: old ? v1.toV0().toString() : null
  };
}

function hashName(code: number): string {
  const names: Record<number, string> = {
    0x00: 'identity',
    0x12: 'sha2-256',
    0x13: 'sha2-512',
    0x1e: 'blake3',
    0xb220: 'blake2b-256'
  };
  return names[code] ?? `0x${code.toString(16)}`;
}

async function collect(
  stream: AsyncIterable<Uint8Array>
): Promise<Uint8Array<ArrayBuffer>> {
  const blob = new Blob((await all(stream)) as BlobPart[]);
  return new Uint8Array(await blob.arrayBuffer());
}

async function all(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) {
    parts.push(part);
  }
  return parts;
}
