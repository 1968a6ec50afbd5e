/**
 * Any block, decoded: its links, and what it holds as text that can be shown.
 * Blocks come from anybody: whatever is in them is text of bounded length.
 */
import * as dagCbor from '@ipld/dag-cbor';
import * as dagJson from '@ipld/dag-json';
import * as dagPb from '@ipld/dag-pb';
import { CID } from 'multiformats/cid';

import { valueText } from './dagText';
import { IpfsError } from './errors';
import { DAG_PB, RAW, unixfsNode } from './unixfs';

export const DAG_CBOR = 0x71;
export const DAG_JSON = 0x0129;
const LIBP2P_KEY = 0x72;

const CODECS: Readonly<Record<number, string>> = {
  [RAW]: 'raw',
  [DAG_PB]: 'dag-pb',
  [DAG_CBOR]: 'dag-cbor',
  [DAG_JSON]: 'dag-json',
  [LIBP2P_KEY]: 'libp2p-key'
};

/** Characters of decoded content that are kept. */
export const TEXT_LIMIT = 20_000;
/** Bytes of a block that are shown as numbers. */
const DUMP_LIMIT = 512;

export type DagKind =
  'file' | 'directory' | 'shard' | 'symlink' | 'raw' | 'node' | 'unknown';

export interface IDagLink {
  /** Name in a folder, path in an object, or place in a file. */
  label: string;
  cid: string;
  /** Bytes below, as the block says; null where it says nothing. */
  size: number | null;
}

export interface IDagNode {
  cid: string;
  /** `dag-pb`, or the number of the codec where it has no name here. */
  codec: string;
  kind: DagKind;
  /** Bytes of the block. */
  blockSize: number;
  /** Bytes of the file below, where it is one. */
  fileSize: number | null;
  links: IDagLink[];
  /** What it holds, as text; `format` tells how it is written. */
  content: {
    text: string;
    format: 'text' | 'hex' | 'json';
    cut: boolean;
  } | null;
  /** Why it could not be decoded. */
  problem: string | null;
}

/** Name of the codec of a CID. */
export function codecName(cid: CID): string {
  return CODECS[cid.code] ?? `0x${cid.code.toString(16)}`;
}

/** Decode a block for people to look at. Never throws for what is in it. */
export function dagNode(cid: CID, bytes: Uint8Array): IDagNode {
  const node: IDagNode = {
    cid: cid.toString(),
    codec: codecName(cid),
    kind: 'unknown',
    blockSize: bytes.length,
    fileSize: null,
    links: [],
    content: null,
    problem: null
  };
  try {
    switch (cid.code) {
      case RAW:
        return {
          ...node,
          kind: 'raw',
          fileSize: bytes.length,
          content: textOrHex(bytes)
        };
      case DAG_PB:
        return { ...node, ...pbNode(cid, bytes) };
      case DAG_CBOR:
      case DAG_JSON: {
        const value: unknown = decoderOf(cid.code)(bytes);
        const { text, cut } = valueText(value, TEXT_LIMIT);
        return {
          ...node,
          kind: 'node',
          links: linksIn(value).map(({ path, cid: to }) => ({
            label: path,
            cid: to.toString(),
            size: null
          })),
          content: { text, format: 'json', cut }
        };
      }
      default:
        return { ...node, content: textOrHex(bytes) };
    }
  } catch (error) {
    return {
      ...node,
      kind: 'unknown',
      content: textOrHex(bytes),
      problem: error instanceof Error ? error.message : String(error)
    };
  }
}

/**
 * The CIDs that a block links to, in its order.
 *
 * @throws IpfsError `wrong-type` where it is not what its codec says
 */
export function linksOf(cid: CID, bytes: Uint8Array): CID[] {
  try {
    switch (cid.code) {
      case DAG_PB:
        return dagPb.decode(bytes).Links.map(link => link.Hash);
      case DAG_CBOR:
      case DAG_JSON:
        return linksIn(decoderOf(cid.code)(bytes)).map(link => link.cid);
      default:
        return [];
    }
  } catch (error) {
    throw new IpfsError('wrong-type', `${cid} is not ${codecName(cid)}`, {
      cause: error
    });
  }
}

function pbNode(cid: CID, bytes: Uint8Array): Partial<IDagNode> {
  const pb = dagPb.decode(bytes);
  const named: IDagLink[] = pb.Links.map((link, i) => ({
    label: link.Name || String(i),
    cid: link.Hash.toString(),
    size: link.Tsize ?? null
  }));
  let unixfs: ReturnType<typeof unixfsNode>;
  try {
    unixfs = unixfsNode(cid, bytes);
  } catch (error) {
    if (!(error instanceof IpfsError)) {
      throw error;
    }
    // dag-pb that is no UnixFS is a node like any other.
    return {
      kind: 'node',
      links: named,
      content: pb.Data ? textOrHex(pb.Data) : null
    };
  }
  switch (unixfs.kind) {
    case 'file':
      return {
        kind: 'file',
        fileSize: unixfs.size,
        links: unixfs.parts.map((part, i) => ({
          label: String(i),
          cid: part.cid.toString(),
          size: part.size
        })),
        content: unixfs.data.length ? textOrHex(unixfs.data) : null
      };
    case 'symlink':
      return {
        kind: 'symlink',
        links: named,
        content: { text: unixfs.target, format: 'text', cut: false }
      };
    default:
      return { kind: unixfs.kind, links: named };
  }
}

function decoderOf(code: number): (bytes: Uint8Array) => unknown {
  return code === DAG_CBOR ? dagCbor.decode : dagJson.decode;
}

/** The links in a decoded value, depth first, without recursion. */
function linksIn(value: unknown): { path: string; cid: CID }[] {
  const found: { path: string; cid: CID }[] = [];
  const waiting: { path: string; value: unknown }[] = [{ path: '', value }];
  while (waiting.length) {
    const { path, value: one } = waiting.pop()!;
    if (typeof one !== 'object' || one === null || one instanceof Uint8Array) {
      continue;
    }
    const cid = CID.asCID(one);
    if (cid) {
      found.push({ path: path || '/', cid });
      continue;
    }
    const entries = Object.entries(one);
    for (let i = entries.length - 1; i >= 0; i--) {
      const [key, child] = entries[i];
      if (typeof child === 'object' && child !== null) {
        waiting.push({ path: path ? `${path}/${key}` : key, value: child });
      }
    }
  }
  return found;
}

/** UTF-8 as text, else the first bytes as numbers. */
export function textOrHex(bytes: Uint8Array): {
  text: string;
  format: 'text' | 'hex';
  cut: boolean;
} {
  const cut = bytes.length > TEXT_LIMIT;
  // A cut may go through a character: `stream` leaves its half out.
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(
      bytes.subarray(0, TEXT_LIMIT),
      { stream: cut }
    );
    if (!/[\u0000-\u0008\u000e-\u001f]/.test(text)) {
      return { text, format: 'text', cut };
    }
  } catch (error) {
    // Not UTF-8: decode() says so by a TypeError (of any realm).
    if ((error as { name?: unknown }).name !== 'TypeError') {
      throw error;
    }
  }
  const lines: string[] = [];
  for (let at = 0; at < Math.min(bytes.length, DUMP_LIMIT); at += 16) {
    const row = bytes.subarray(at, Math.min(at + 16, DUMP_LIMIT));
    const hex = Array.from(row, byte => byte.toString(16).padStart(2, '0'));
    const plain = Array.from(row, byte =>
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·'
    );
    lines.push(
      `${at.toString(16).padStart(4, '0')}  ${hex.join(' ').padEnd(47)}  ${plain.join('')}`
    );
  }
  return {
    text: lines.join('\n'),
    format: 'hex',
    cut: bytes.length > DUMP_LIMIT
  };
}
