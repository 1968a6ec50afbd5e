/**
 * Giving a job up: take back what can be taken back, and say what can't.
 */
import type { IStepContext } from './context';
import { messageOf, PublishError } from './errors';
import type { IJobRecord } from './record';
import { takeBack } from './storageSteps';
import { giveUp, type ITxTask } from './transaction';

/**
 * Remove the job's pins (unless they were there before, or another job needs
 * them), its key and its bytes.
 *
 * @throws PublishError too-late-to-cancel once minted, tx-in-flight while a
 *   transaction may still be mined, ipfs-offline where the pin can't be removed
 */
export async function cancelJob(
  ctx: IStepContext,
  task: ITxTask<unknown>
): Promise<void> {
  const { deps, record } = ctx;
  if (record.status === 'done' || record.minted || record.metadata) {
    throw new PublishError('too-late-to-cancel', 'The asset is minted');
  }
  const remains: IJobRecord['remains'] = [];
  if (task.intent()?.asked) {
    if (!(await giveUp(ctx, task))) {
      throw new PublishError('too-late-to-cancel', 'The asset is minted');
    }
    remains.push('open-prompt');
  }
  const cid = record.root?.cid;
  if (cid) {
    remains.push('copies');
    const isNeeded = await neededElsewhere(ctx, cid);
    if (!isNeeded) {
      await takeBack(ctx);
    }
    if (record.pin?.hadBefore || isNeeded) {
      remains.push('pin-kept');
    } else if (record.pin) {
      try {
        await deps.ipfs.pins.rm(cid);
      } catch (cause) {
        throw new PublishError('ipfs-offline', messageOf(cause), { cause });
      }
    }
  }
  await deps.journal.drop(record.id);
  await ctx.save({
    status: 'cancelled',
    problem: null,
    wrappedKey: undefined,
    remains
  });
}

async function neededElsewhere(
  ctx: IStepContext,
  cid: string
): Promise<boolean> {
  const all = await ctx.deps.journal.list();
  return all.some(
    other =>
      other.id !== ctx.record.id &&
      other.status !== 'cancelled' &&
      other.root?.cid === cid
  );
}
