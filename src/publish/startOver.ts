/**
 * Beginning again after the content step: what was made of bytes that are not
 * the ones to be published may not be published with the new ones.
 */
import type { IStepContext } from './context';
import { messageOf } from './errors';
import type { IKeeper } from './record';
import { takeBack } from './storageSteps';

/**
 * Forget all that depends on the root that a job has: who saw it, what the node
 * encrypted, the record. Those who were to keep it are told not to.
 *
 * For what is sealed again, under another key, and for what is another content.
 */
export async function startOver(ctx: IStepContext): Promise<void> {
  const { deps, record } = ctx;
  const { root, pin } = record;
  if (!root) {
    return;
  }
  await takeBack(ctx);
  if (pin?.done && !pin.hadBefore) {
    try {
      await deps.ipfs.pins.rm(root.cid);
    } catch (reason) {
      // It has lost it, or is away: what stays is ciphertext that nobody opens.
      console.warn(`publish: ${root.cid} stays pinned: ${messageOf(reason)}`);
    }
  }
  await ctx.save({
    done: record.done.filter(step => step === 'content'),
    root: undefined,
    pin: undefined,
    holders: undefined,
    files1: undefined,
    ddo: undefined,
    ddo1: undefined,
    keepers: record.keepers?.map(asChosen)
  });
}

/** A keeper as before it was asked. */
function asChosen({ provider, label, takes, dropped }: IKeeper): IKeeper {
  return { provider, label, takes, ...(dropped ? { dropped } : {}) };
}
