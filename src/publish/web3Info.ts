/** What the public record tells of an asset's files, and how long it will be. */
import { toUtf8Bytes, ZeroAddress } from 'ethers';

import type { IContent, IContentSource } from '../content';
import { buildDdo, filesObject, type IWeb3Info } from '../ocean/ddo';
import { keyUrl, roundedSize, SEAL_FORMAT } from '../ocean/seal';
import type { IAssetDraft } from '../tokens';
import { MAX_ENTRIES } from './bundle';
import { isToBeSealed } from './form';
import type { IRecordFile } from './record';

/** How the CIDs are made, told with each file. */
const PROFILE = 'unixfs-v1-2025';
/** What the node's encryption (ECIES) adds: a public key, a nonce and a tag. */
const ECIES = 65 + 16 + 16;
/** As long as each of a file of more than one leaf. */
const A_CID = `b${'a'.repeat(58)}`;
const A_KEY = new Uint8Array(32);

type File = Pick<
  IRecordFile,
  'path' | 'mediaType' | 'size' | 'source' | 'cid' | 'commitment'
>;

/** Of sealed content the name, not the folders of the workspace that it was in. */
function publicSource(
  source: IContentSource | null,
  isSealed: boolean
): IContentSource | null {
  return source?.path && isSealed && source.kind !== 'asset'
    ? { ...source, path: source.path.split(/[/:]/).pop() }
    : source;
}

/** The record's own part of the files (docs/sealed-format.md). */
export function web3Info(files: readonly File[], isSealed: boolean): IWeb3Info {
  return {
    v: 1,
    sealed: isSealed ? SEAL_FORMAT : null,
    source: files.length === 1 ? publicSource(files[0].source, isSealed) : null,
    files: files.map(file => ({
      path: file.path,
      mediaType: file.mediaType,
      profile: PROFILE,
      ...(isSealed
        ? { size: roundedSize(file.size ?? 0), commitment: file.commitment! }
        : { size: file.size ?? 0, cid: file.cid! })
    }))
  };
}

/**
 * Bytes of the encrypted record of contents, before they have CIDs. Off by a few
 * bytes where a size is not known yet.
 */
export async function recordBytes(
  draft: IAssetDraft,
  contents: readonly IContent[],
  at: { account: string; chainId: number; nodeUrl: string }
): Promise<number> {
  const isSealed = isToBeSealed(draft);
  const files: File[] =
    contents.length > MAX_ENTRIES
      ? [
          {
            path: 'files.zip',
            mediaType: 'application/zip',
            size: contents.reduce((sum, { size }) => sum + (size ?? 0), 0),
            source: null
          }
        ]
      : contents.map(({ name, mediaType, size, source }) => ({
          path: name,
          mediaType,
          size,
          source
        }));
  const addresses = { nftAddress: ZeroAddress, datatokenAddress: ZeroAddress };
  const told = filesObject({
    ...addresses,
    cids: files.map(() => A_CID),
    ...(isSealed ? { key: keyUrl(A_KEY, A_CID) } : {})
  });
  const ddo = await buildDdo({
    draft,
    owner: at.account,
    chainId: at.chainId,
    ...addresses,
    encryptedFiles: `0x${'00'.repeat(JSON.stringify(told).length + ECIES)}`,
    nodeUrl: at.nodeUrl,
    created: new Date(0),
    web3: web3Info(
      files.map(file => ({ ...file, cid: A_CID, commitment: '0'.repeat(64) })),
      isSealed
    )
  });
  return toUtf8Bytes(JSON.stringify(ddo)).length + ECIES;
}
