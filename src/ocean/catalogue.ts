/** Finding assets: by DID, by words, by owner. */
import type { IAsset } from './ddo';
import type { ICallOptions, OceanNodeClient } from './nodeClient';

/** Throws `not-found`, `ddo-invalid`. */
export declare function resolveAsset(
  node: OceanNodeClient,
  did: string,
  o?: ICallOptions
): Promise<IAsset>;
export declare function searchAssets(
  node: OceanNodeClient,
  what: {
    text?: string;
    chainId?: number;
    owner?: string;
    /** Counted from 1. */
    page?: number;
    size?: number;
  },
  o?: ICallOptions
): Promise<IAsset[]>;
/** A DID anywhere in pasted text (a link, with spaces), or null. */
export declare function findDid(text: string): string | null;
