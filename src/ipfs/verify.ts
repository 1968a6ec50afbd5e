/**
 * Reading a DAG again from outside, all of it, to see whether it is what its
 * CID says.
 */
import { CID } from 'multiformats/cid';

import type { IIpfs } from '../tokens';
import { linksOf } from './dag';
import { IpfsError } from './errors';
import {
  GatewayReader,
  GatewaysFailedError,
  type IGatewayFault,
  type IGatewayOptions,
  LIES
} from './gateway';
import { checkFile } from './gatewayFile';
import { unixfsNode } from './unixfs';
import { type IBlockSource, walkBlocks } from './unixfsWalk';

/** Blocks of the engine, checked in the page. */
export class EngineBlocks implements IBlockSource {
  constructor(private _ipfs: Pick<IIpfs, 'block'>) {}

  readonly ahead = 6;

  get(
    cid: CID,
    options?: { signal?: AbortSignal }
  ): Promise<Uint8Array<ArrayBuffer>> {
    return this._ipfs.block(cid.toString(), options);
  }
}

export interface IVerified {
  cid: string;
  /** Bytes of the file; of all blocks where it is none. */
  size: number;
  /** Different blocks that came and were right. */
  blocks: number;
  /** Their bytes. */
  bytes: number;
  /**
   * True: every block came and was right. False: what came is not what the CID
   * names, and nobody had the right bytes. Null: nobody has all of it.
   */
  verified: boolean | null;
  /** Gateways that gave right blocks; empty when the node was asked. */
  gateways: string[];
  /** What was wrong with gateways. */
  faults: readonly IGatewayFault[];
}

export interface IVerifyOptions extends IGatewayOptions {
  signal?: AbortSignal;
  /** Bytes of blocks that were right so far. */
  onProgress?: (bytes: number) => void;
}

/**
 * Read all blocks that a CID reaches and check each.
 *
 * @param gateways - whom to ask; the engine where there is none
 * @throws IpfsError `cancelled`, and of the engine where it is asked; that
 *   gateways fail is a result
 */
export async function verify(
  ipfs: Pick<IIpfs, 'block'>,
  cid: string,
  gateways: readonly string[],
  options: IVerifyOptions = {}
): Promise<IVerified> {
  const { signal, onProgress } = options;
  const root = CID.parse(cid).toV1();
  const reader = gateways.length ? new GatewayReader(gateways, options) : null;
  const source: IBlockSource = reader ?? new EngineBlocks(ipfs);
  const result: IVerified = {
    cid: root.toString(),
    size: 0,
    blocks: 0,
    bytes: 0,
    verified: null,
    gateways: [],
    faults: []
  };
  try {
    const count = (bytes: number): void => {
      result.blocks++;
      result.bytes += bytes;
      onProgress?.(result.bytes);
    };
    const plain =
      reader && (await checkFile(reader, root, { signal, onBlock: count }));
    if (typeof plain === 'number') {
      result.verified = true;
      result.size = plain;
      return result;
    }
    result.blocks = result.bytes = 0;
    await reader?.stream(root, { signal, once: true });
    let fileSize: number | null = null;
    for await (const { bytes } of walkAll(root, source, signal)) {
      if (result.blocks === 0) {
        fileSize = fileSizeOf(root, bytes);
      }
      count(bytes.length);
    }
    result.verified = true;
    result.size = fileSize ?? result.bytes;
  } catch (error) {
    if (!(error instanceof GatewaysFailedError)) {
      throw error;
    }
    const lied = error.faults.some(({ kind }) => LIES.has(kind));
    result.verified = lied ? false : null;
    result.faults = error.faults;
  } finally {
    await reader?.close();
    if (reader) {
      result.gateways = [...reader.used];
      result.faults = result.faults.length ? result.faults : reader.faults;
    }
  }
  return result;
}

/** Each different block below a CID, once, in the order of an archive. */
export async function* walkAll(
  root: CID,
  source: IBlockSource,
  signal?: AbortSignal
): AsyncGenerator<{ cid: CID; bytes: Uint8Array<ArrayBuffer> }> {
  // A DAG of 30 blocks may have a thousand million paths.
  const seen = new Set<string>();
  const key = ({ cid }: { cid: CID }): string => cid.toString();
  const walk = walkBlocks<{ cid: CID }>([{ cid: root }], source, {
    signal,
    skip: item => seen.has(key(item)),
    childrenOf: (item, bytes) => {
      seen.add(key(item));
      return linksOf(item.cid, bytes).map(cid => ({ cid }));
    }
  });
  for await (const { item, bytes } of walk) {
    yield { cid: item.cid, bytes };
  }
}

/** Bytes of the file that starts with this block, or null where it is none. */
function fileSizeOf(cid: CID, bytes: Uint8Array): number | null {
  try {
    const node = unixfsNode(cid, bytes);
    return node.kind === 'file' ? node.size : null;
  } catch (error) {
    if (error instanceof IpfsError && error.code === 'wrong-type') {
      return null;
    }
    throw error;
  }
}
