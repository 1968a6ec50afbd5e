/**
 * Taking things out: as an archive of blocks (CAR), or a folder as a zip.
 */
import { CID } from 'multiformats/cid';

import type { IContent, IReadOptions } from '../content';
import { AnyBlocks } from '../ipfs/gatewayFallback';
import { assertName } from '../ipfs/mfs';
import {
  DAG_PB,
  listFolder,
  unixfsNode,
  type UnixfsNode
} from '../ipfs/unixfs';
import type { IBlockSource } from '../ipfs/unixfsWalk';
import { blobOf, ZipContent } from '../publish/bundle';
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
 * A folder as a zip.
 *
 * @throws IpfsError `wrong-type` where it is no folder; `bad-name` for entries
 *   whose names would leave it
 */
export async function zipContent(
  ipfs: Pick<IIpfs, 'block' | 'cat'>,
  cid: string,
  name: string,
  options: { gateways?: readonly string[]; signal?: AbortSignal } = {}
): Promise<IContent> {
  const { gateways = [], signal } = options;
  const source = new AnyBlocks(ipfs, gateways);
  const members: IContent[] = [];
  await addFolder(ipfs, source, CID.parse(cid), '', members, signal);
  return new ZipContent(`${name}.zip`, members);
}

async function addFolder(
  ipfs: Pick<IIpfs, 'cat'>,
  source: IBlockSource,
  folder: CID,
  prefix: string,
  members: IContent[],
  signal: AbortSignal | undefined
): Promise<void> {
  for await (const entry of listFolder(folder, source, { signal })) {
    assertName(entry.name);
    const path = prefix + entry.name;
    let node: UnixfsNode | null = null;
    if (entry.cid.code === DAG_PB) {
      node = unixfsNode(entry.cid, await source.get(entry.cid, { signal }));
    }
    if (node?.kind === 'directory' || node?.kind === 'shard') {
      await addFolder(ipfs, source, entry.cid, `${path}/`, members, signal);
    } else if (node?.kind === 'symlink') {
      // A zip of ours has no links: where it points to is what it holds.
      const target = new TextEncoder().encode(node.target);
      members.push(
        new StreamContent(path, 'text/plain', async function* () {
          yield target;
        })
      );
    } else {
      members.push(
        new StreamContent(path, 'application/octet-stream', o =>
          ipfs.cat(entry.cid.toString(), o)
        )
      );
    }
  }
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
