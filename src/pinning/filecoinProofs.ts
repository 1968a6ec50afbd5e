/**
 * Whether it is still there, by the proofs on the chain: storage providers prove
 * possession of each data set once a proving period, to a contract that checks.
 */
import {
  getNextChallengeEpoch,
  getScheduledRemovals,
  findPieceIdsByCid,
  dataSetLive
} from '@filoz/synapse-core/pdp-verifier';
import { epochToDate } from '@filoz/synapse-core/utils';
import { getDataSet } from '@filoz/synapse-core/warm-storage';
import { getBlockNumber, readContract } from 'viem/actions';

import type { FilecoinClient } from './filecoinClient';
import type { IStored, IUploaded } from './filecoinJournal';
import { pieceOf } from './filecoinStore';

export interface IEpoch {
  epoch: number;
  /** ISO 8601. */
  when: string;
}

export interface IProofs {
  /** The piece is in a live data set of the account, and stays there. */
  kept: boolean;
  /** Null: not proven yet. */
  lastProven: IEpoch | null;
  /** Until when the next proof must be there; null where none is asked for yet. */
  nextDue: IEpoch | null;
  /** The deadline went by without a proof. */
  overdue: boolean;
  /** Payments stop there: the service was ended. */
  ends: IEpoch | null;
}

/** Ask the contracts. Throws FilecoinError chain-unreachable. */
export async function readProofs(
  filecoin: FilecoinClient,
  stored: IStored,
  uploaded: IUploaded
): Promise<IProofs> {
  const { client, chain } = filecoin;
  const dataSetId = BigInt(stored.dataSetId);
  const at = (epoch: bigint): IEpoch => ({
    epoch: Number(epoch),
    when: epochToDate(Number(epoch), chain.genesisTimestamp).toISOString()
  });
  return filecoin.read(async () => {
    const [live, set, current] = await Promise.all([
      dataSetLive(client, { dataSetId }),
      getDataSet(client, { dataSetId }),
      getBlockNumber(client, { cacheTime: 0 })
    ]);
    const ends = set && set.pdpEndEpoch > 0n ? at(set.pdpEndEpoch) : null;
    if (!live || !set) {
      return {
        kept: false,
        lastProven: null,
        nextDue: null,
        overdue: false,
        ends
      };
    }
    const [pieces, removals, challenge, last, config] = await Promise.all([
      findPieceIdsByCid(client, {
        dataSetId,
        pieceCid: pieceOf(uploaded.pieceCid)
      }),
      getScheduledRemovals(client, { dataSetId }),
      getNextChallengeEpoch(client, { dataSetId }),
      readContract(client, {
        abi: chain.contracts.pdp.abi,
        address: chain.contracts.pdp.address,
        functionName: 'getDataSetLastProvenEpoch',
        args: [dataSetId]
      }),
      readContract(client, {
        abi: chain.contracts.fwssView.abi,
        address: chain.contracts.fwssView.address,
        functionName: 'getPDPConfig'
      })
    ]);
    // The challenge is when proving may begin; the window is how long it may take.
    const [, window] = config;
    const due = challenge === null ? null : challenge + window;
    const piece = pieces[0];
    return {
      kept: piece !== undefined && !removals.includes(piece),
      lastProven: last > 0n ? at(last) : null,
      nextDue: due === null ? null : at(due),
      overdue: due !== null && current >= due,
      ends
    };
  });
}
