/**
 * Answers of Ocean Nodes to searches, for a while: who takes a letter or a filter
 * back, or turns an order round, asks nobody. And what may be in such an answer.
 */
import type { IAsset } from '../ocean/asset';
import { isDidOf } from '../ocean/genuine';
import type { IIndexAnswer } from '../ocean/indexDialect';

/** Milliseconds that an answer is good for. */
const GOOD = 60_000;
/** Answers, and records in all of them, that are kept. */
const ANSWERS = 50;
const RECORDS = 20_000;

const sizeOf = ({ pages }: IIndexAnswer): number =>
  pages.reduce((sum, { assets }) => sum + assets.length, 0);

export class SearchAnswers {
  get(key: string): IIndexAnswer | null {
    const kept = this._kept.get(key);
    if (!kept || Date.now() - kept.at > GOOD) {
      return null;
    }
    // The one used last goes last.
    this._kept.delete(key);
    this._kept.set(key, kept);
    return kept.answer;
  }

  set(key: string, answer: IIndexAnswer): void {
    this._kept.delete(key);
    this._kept.set(key, { answer, at: Date.now() });
    let records = 0;
    for (const kept of this._kept.values()) {
      records += sizeOf(kept.answer);
    }
    for (const [oldest, kept] of this._kept) {
      if (this._kept.size <= ANSWERS && records <= RECORDS) {
        break;
      }
      records -= sizeOf(kept.answer);
      this._kept.delete(oldest);
    }
  }

  clear(): void {
    this._kept.clear();
  }

  private _kept = new Map<string, { answer: IIndexAnswer; at: number }>();
}

/**
 * The answer without records whose DID is another one's: a DID is made of the
 * NFT's address and its chain, so that a node can't pass one asset off as another.
 */
export async function genuine(answer: IIndexAnswer): Promise<IIndexAnswer> {
  // An address in any case is the same one: its checksum is looked at elsewhere.
  const isOwn = ({ did, nftAddress, chainId }: IAsset): Promise<boolean> =>
    isDidOf(did, nftAddress.toLowerCase(), chainId);
  return {
    ...answer,
    pages: await Promise.all(
      answer.pages.map(async page => {
        const own = await Promise.all(page.assets.map(isOwn));
        const assets = page.assets.filter((_, at) => own[at]);
        return {
          ...page,
          assets,
          unreadable: page.unreadable + page.assets.length - assets.length
        };
      })
    )
  };
}
