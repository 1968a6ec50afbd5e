/**
 * What lib needs of @oceanprotocol/ddo-js, whose Node build throws in a page.
 * The webpack alias puts this module in its place; validation by shape stays
 * with the Ocean Node.
 */
import { getAddress, sha256, toUtf8Bytes } from 'ethers';

type Ddo = Record<string, unknown> & {
  id?: string;
  version?: string;
  chainId?: number;
  nftAddress?: string;
  metadata?: Record<string, unknown>;
  services?: unknown[];
  credentialSubject?: Ddo;
};

/** Fields of a DDO, whether plain (≤ 4.x) or a credential (5.x). */
class DdoReader {
  constructor(private _ddo: Ddo) {}

  getDDOFields(): Record<string, unknown> {
    const subject = this._subject;
    return {
      id: subject.id ?? this._ddo.id,
      version: this._ddo.version,
      chainId: subject.chainId,
      nftAddress: subject.nftAddress,
      metadata: subject.metadata,
      services: subject.services ?? [],
      credentials: subject.credentials
    };
  }

  getAssetFields(): Record<string, unknown> {
    const { indexedMetadata, datatokens, event } = this._ddo;
    return { indexedMetadata, datatokens, event };
  }

  getDDOData(): Ddo {
    return this._ddo;
  }

  updateFields(fields: Record<string, unknown>): Ddo {
    Object.assign(this._subject, fields);
    return this._ddo;
  }

  makeDid(nftAddress: string, chainId: string): string {
    const text = getAddress(nftAddress) + chainId;
    return `did:op:${sha256(toUtf8Bytes(text)).slice(2)}`;
  }

  private get _subject(): Ddo {
    return this._ddo.credentialSubject ?? this._ddo;
  }
}

export class DDOManager {
  static getDDOClass(ddo: Ddo): DdoReader {
    return new DdoReader(ddo);
  }
}
