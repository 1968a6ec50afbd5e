/**
 * Taking things out: as an archive of blocks (CAR), or a folder as a zip.
 */
import { CID } from 'multiformats/cid';

import type { IContent, IReadOptions } from '../content';
import { CarBlocks } from '../ipfs/carBlocks';
import { throwIfCancelled } from '../ipfs/errors';
import { AnyBlocks } from '../ipfs/gatewayFallback';
import { assertName } from '../ipfs/mfs';
import { listFolder, readFile, unixfsNode } from '../ipfs/unixfs';
import type { IBlockSource } from '../ipfs/unixfsWalk';
import { blobOf } from '../publish/bundle';
import type { IIpfs } from '../tokens';

export const CAR_TYPE = 'application/vnd.ipld.car';

/** A content whose size only reading tells. */
class StreamContent implements IContent {
  constructor(
    readonly name: string,
    readonly mediaType: string,
    private _open: (options: IReadOptions) => AsyncIterable<Uint8Array>
  ) {}

  readonly size = null;
  readonly source = null;
  readonly durable = true;

  stream(options: IReadOptions = {}): AsyncIterable<Uint8Array> {
    return this._open(options);
  }

  blob(options: { signal?: AbortSignal } = {}): Promise<Blob> {
    return blobOf(this.stream(options), this.mediaType);
  }
}

/** All blocks of a CID as an archive; read from its start only. */
export function carContent(
  ipfs: Pick<IIpfs, 'car'>,
  cid: string,
  name: string
): IContent {
  return new StreamContent(`${name}.car`, CAR_TYPE, ({ signal }) =>
    ipfs.car.export(cid, { signal })
  );
}

/**
 * A folder as a zip, read in one go as an archive of blocks. Reading throws
 * IpfsError `wrong-type` where it is no folder, `bad-name` for entries whose
 * names would leave it.
 */
export function zipContent(
  ipfs: Pick<IIpfs, 'block' | 'car'>,
  cid: string,
  name: string,
  gateways: readonly string[] = []
): IContent {
  return new StreamContent(`${name}.zip`, 'application/zip', async function* ({
    signal
  }) {
    const source = new CarBlocks(
      ipfs.car.export(cid, { signal }),
      new AnyBlocks(ipfs, gateways)
    );
    const { makeZip } = await import('client-zip');
    const reader = makeZip(
      members(CID.parse(cid), source, '', signal)
    ).getReader();
    try {
      for (;;) {
        throwIfCancelled(signal);
        const { done, value } = await reader.read();
        if (done) {
          return;
        }
        yield value;
      }
    } finally {
      await reader.cancel();
      await source.close();
    }
  });
}

interface IMember {
  name: string;
  lastModified: Date;
  input?: AsyncIterable<Uint8Array>;
}

/** The entries of a folder and of those below, in the order of their blocks. */
async function* members(
  folder: CID,
  source: IBlockSource,
  prefix: string,
  signal: AbortSignal | undefined
): AsyncGenerator<IMember> {
  // Always the same bytes for the same folder; IPFS keeps no dates.
  const lastModified = new Date(1980, 0, 1);
  for await (const entry of listFolder(folder, source, { signal })) {
    assertName(entry.name);
    const name = prefix + entry.name;
    const first = await source.get(entry.cid, { signal });
    const node = unixfsNode(entry.cid, first);
    // What was looked at is not asked for again.
    const known: IBlockSource = {
      ahead: source.ahead,
      get: async (cid, o) => (cid === entry.cid ? first : source.get(cid, o))
    };
    if (node.kind === 'directory' || node.kind === 'shard') {
      yield { name: `${name}/`, lastModified };
      yield* members(entry.cid, known, `${name}/`, signal);
    } else if (node.kind === 'symlink') {
      // A zip of ours has no links: where it points to is what it holds.
      const target = new TextEncoder().encode(node.target);
      yield { name, lastModified, input: one(target) };
    } else {
      yield {
        name,
        lastModified,
        input: readFile(entry.cid, known, { signal })
      };
    }
  }
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Hand a file to the browser's downloads. */
export function clickDownload(url: string, filename: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = filename;
  document.body.append(link);
  link.click();
  link.remove();
}
