/**
 * Blocks of the engine; of gateways, where the person allows some, for what the
 * engine does not have.
 */
import type { CID } from 'multiformats/cid';

import type { IIpfs } from '../tokens';
import { IpfsError, isCancelled, throwIfCancelled } from './errors';
import { GatewayReader } from './gateway';
import type { IBlockSource } from './unixfsWalk';

/** Milliseconds that the engine may look before gateways are asked. */
const PATIENCE = 5_000;

export class AnyBlocks implements IBlockSource {
  constructor(
    private _ipfs: Pick<IIpfs, 'block'>,
    gateways: readonly string[],
    private _patience = PATIENCE
  ) {
    this._gateways = gateways.length ? new GatewayReader(gateways) : null;
  }

  readonly ahead = 6;

  /** @throws GatewaysFailedError, or what the engine says where none is asked */
  async get(
    cid: CID,
    options: { signal?: AbortSignal } = {}
  ): Promise<Uint8Array<ArrayBuffer>> {
    const { signal } = options;
    if (!this._gateways) {
      return this._ipfs.block(cid.toString(), options);
    }
    if (!this._elsewhere) {
      try {
        return await withPatience(
          own => this._ipfs.block(cid.toString(), { signal: own }),
          this._patience,
          signal
        );
      } catch (error) {
        throwIfCancelled(signal);
        if (!isMissing(error)) {
          throw error;
        }
        // What follows is most likely there, too.
        this._elsewhere = true;
      }
    }
    return this._gateways.get(cid, options);
  }

  private _gateways: GatewayReader | null;
  private _elsewhere = false;
}

/** Run something that is stopped when it takes too long. */
export async function withPatience<T>(
  action: (signal: AbortSignal) => Promise<T>,
  patience: number,
  signal?: AbortSignal
): Promise<T> {
  const late = AbortSignal.timeout(patience);
  return action(signal ? AbortSignal.any([signal, late]) : late);
}

/** Whether the engine has it not, or did not find it in time. */
export function isMissing(error: unknown): boolean {
  return (
    isCancelled(error) ||
    (error instanceof IpfsError &&
      ['not-found', 'offline', 'failed'].includes(error.code))
  );
}
