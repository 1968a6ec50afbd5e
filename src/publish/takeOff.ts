/**
 * After publishing: what was sealed is taken off the drive, where it lies in the
 * clear. The asset is published whether that works or not.
 */
import type { IStepContext } from './context';
import { messageOf } from './errors';

/** Move what is on the record's list; what can't be moved stays on it. */
export async function takeOff(ctx: IStepContext): Promise<void> {
  const { deps, record } = ctx;
  const troubles: string[] = [];
  for (const path of [...record.takeOffDrive]) {
    ctx.signal.throwIfAborted();
    try {
      await deps.takeOffDrive?.(path);
    } catch (reason) {
      troubles.push(messageOf(reason));
      continue;
    }
    await ctx.save({
      takeOffDrive: record.takeOffDrive.filter(one => one !== path)
    });
  }
  if (troubles.length || record.takeOffTrouble) {
    await ctx.save({ takeOffTrouble: troubles.join('; ') || undefined });
  }
}
