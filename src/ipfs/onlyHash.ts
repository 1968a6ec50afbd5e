/** The CID of a content without its bytes leaving the page. */
import type { IContent } from '../content';
import type { IAdded, IAddOptions } from '../tokens';
import { throwIfCancelled } from './errors';
import { FileHasher } from './fileTree';

/**
 * What a content would be added as, in constant memory; the CID of `ipfs add`.
 *
 * @throws IpfsCancelledError; what reading the content throws
 */
export async function hashOnly(
  content: IContent,
  { signal, onProgress }: IAddOptions = {}
): Promise<IAdded> {
  const hasher = new FileHasher();
  try {
    for await (const part of content.stream({ signal, passing: true })) {
      throwIfCancelled(signal);
      await hasher.write(part);
      onProgress?.(hasher.size);
    }
  } finally {
    // Whatever the stream says of its being cut off.
    throwIfCancelled(signal);
  }
  const { cid, size } = await hasher.end();
  return { cid: cid.toString(), size };
}
