/**
 * Ending what was stored: the piece alone, or the whole data set with its
 * payments when the piece is the last one in it.
 */
import { getActivePieceCount } from '@filoz/synapse-core/pdp-verifier';
import { schedulePieceDeletion } from '@filoz/synapse-core/sp';
import { getDataSet } from '@filoz/synapse-core/warm-storage';
import { encodeFunctionData } from 'viem';

import type { FilecoinClient } from './filecoinClient';
import { DAYS_LOCKED, place } from './filecoinCosts';
import { FilecoinError, isRejection, messageOf } from './filecoinErrors';
import type { IEnding, IFilecoinRecord } from './filecoinJournal';
import { locate, pieceOf } from './filecoinStore';
import { outcome, type FilecoinStep } from './filecoinStep';

/** What ending means; shown before it is asked for. */
export interface IEndingPlan {
  cid: string;
  name: string;
  testnet: boolean;
  kind: IEnding['kind'];
  /** Contents that stay in the data set. */
  others: number;
  /** For so long the provider is still paid, from what is locked. */
  daysPaid: number;
  /** The wallet has to change its chain first. */
  elsewhere: boolean;
}

/**
 * See what ending a content means.
 *
 * @returns null where nothing is left to end
 */
export async function planEnding(
  filecoin: FilecoinClient,
  record: IFilecoinRecord
): Promise<IEndingPlan | null> {
  if (!record.stored || (await ended(filecoin, record))) {
    return null;
  }
  const dataSetId = BigInt(record.stored.dataSetId);
  const [count, elsewhere] = await Promise.all([
    filecoin.read(() => getActivePieceCount(filecoin.client, { dataSetId })),
    filecoin.elsewhere()
  ]);
  const kind = count > 1n ? 'piece' : 'data-set';
  return {
    cid: record.cid,
    name: record.name,
    testnet: filecoin.chain.testnet ?? false,
    kind,
    others: Math.max(0, Number(count) - 1),
    daysPaid: kind === 'data-set' ? DAYS_LOCKED : 0,
    elsewhere
  };
}

/** Whether the chain has it as ended: of both ways, the effect is looked at. */
async function ended(
  filecoin: FilecoinClient,
  record: IFilecoinRecord
): Promise<boolean> {
  const { stored, uploaded } = record;
  if (!stored || !uploaded) {
    return true;
  }
  const dataSetId = BigInt(stored.dataSetId);
  const set = await filecoin.read(() =>
    getDataSet(filecoin.client, { dataSetId })
  );
  return (
    !set ||
    set.pdpEndEpoch > 0n ||
    (await locate(filecoin, pieceOf(uploaded.pieceCid), {
      clientDataSetId: `${set.clientDataSetId}`,
      dataSetId: stored.dataSetId
    })) === null
  );
}

/**
 * End it, as it was confirmed. Both ways work once only, so that asking again
 * does no harm.
 *
 * @throws FilecoinError not-agreed (or it would end otherwise than was
 *   confirmed), reloaded, prompt-rejected, prompt-unknown, tx-reverted,
 *   tx-in-flight, provider-down, and those of `FilecoinClient.send`
 */
export async function end(step: FilecoinStep): Promise<void> {
  const { filecoin } = step;
  const { ending, stored } = step.record;
  if (!ending || !stored) {
    throw new FilecoinError('not-agreed', 'Ending it was not confirmed');
  }
  const plan = await planEnding(filecoin, step.record);
  if (plan && !ending.hash) {
    if (plan.kind !== ending.kind) {
      await step.save({ ending: undefined });
      throw new FilecoinError('not-agreed', 'It would end otherwise by now');
    }
    await step.speak();
    const asking = (): Promise<void> =>
      step.save({ ending: { ...ending, asked: new Date().toISOString() } });
    const hash =
      plan.kind === 'data-set'
        ? await filecoin.send(terminateCall(filecoin, stored.dataSetId), asking)
        : await removePiece(step, asking);
    await step.save({ ending: { ...ending, hash } });
  }
  const { hash } = step.record.ending ?? {};
  await step.until(async () => {
    if (await ended(filecoin, step.record)) {
      return true;
    }
    if (hash && (await outcome(filecoin, hash)) === 'reverted') {
      await step.save({ ending: { ...ending, hash: undefined } });
      throw new FilecoinError('tx-reverted', `Transaction ${hash} reverted`);
    }
    return null;
  });
  await step.save({ ended: new Date().toISOString() });
}

function terminateCall(
  filecoin: FilecoinClient,
  dataSetId: string
): Parameters<FilecoinClient['send']>[0] {
  const { fwss } = filecoin.chain.contracts;
  return {
    to: fwss.address,
    data: encodeFunctionData({
      abi: fwss.abi,
      functionName: 'terminateService',
      args: [BigInt(dataSetId)]
    })
  };
}

/** The storage provider sends the transaction, for a request that is signed. */
async function removePiece(
  step: FilecoinStep,
  asking: () => Promise<void>
): Promise<string> {
  const { filecoin } = step;
  const { stored, provider } = step.record;
  const dataSetId = BigInt(stored?.dataSetId ?? 0);
  const set = await filecoin.read(() =>
    getDataSet(filecoin.client, { dataSetId })
  );
  if (!stored || !set) {
    throw new FilecoinError('not-stored', 'There is nothing to end');
  }
  const context = await place(filecoin, { provider });
  await filecoin.ready();
  await asking();
  try {
    const { hash } = await schedulePieceDeletion(filecoin.client, {
      serviceURL: context.provider.pdp.serviceURL,
      dataSetId,
      pieceId: BigInt(stored.pieceId),
      clientDataSetId: set.clientDataSetId
    });
    return hash;
  } catch (cause) {
    throw new FilecoinError(
      isRejection(cause) ? 'prompt-rejected' : 'provider-down',
      messageOf(cause),
      { cause }
    );
  }
}
