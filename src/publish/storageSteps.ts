/**
 * Have those who were chosen keep the content, see that somebody has it before
 * anything is paid, and take it back from them.
 */
import type { IHolder, IKeeperState, IPinRecord } from '../tokens';
import type { IPublishDeps, IStepContext } from './context';
import { codeOf, messageOf, PublishError } from './errors';
import type { IJobRecord, IKeeper } from './record';
import { allowsPage, canGoOnWithout, keepersOf, NODE, PAGE } from './storage';

type Pinning = NonNullable<IPublishDeps['pinning']>;

/** Tries in a row that fail before the person is told. */
const TRIES = 3;

async function change(
  ctx: IStepContext,
  provider: string,
  patch: Partial<IKeeper>
): Promise<void> {
  await ctx.save({
    keepers: ctx.record.keepers?.map(keeper =>
      keeper.provider === provider ? { ...keeper, ...patch } : keeper
    )
  });
}

const recordOf = (pinning: Pinning, { pin }: IKeeper): IPinRecord | undefined =>
  pinning.records.find(({ id }) => id === pin);

/**
 * Have everybody who was chosen keep the root. Each of them is asked once,
 * however often the page is reloaded: the queue knows a pin by provider and CID.
 *
 * @throws PublishError storage-failed; the keepers say why
 */
export async function keepElsewhere(ctx: IStepContext): Promise<void> {
  const open = keepersOf(ctx.record).filter(({ pinned }) => !pinned);
  if (!open.length) {
    return;
  }
  const { pinning } = ctx.deps;
  if (!pinning) {
    throw new PublishError('unknown-storage', open[0].provider);
  }
  const others = new AbortController();
  const tell = (): void =>
    ctx.tell('running', { keepers: statesOf(ctx.record, pinning) });
  pinning.recordsChanged.connect(tell);
  try {
    await pinning.load();
    // One after the other: some have the person agree to what it costs.
    for (const { provider } of open) {
      await told(ctx, provider, others.signal, () =>
        ask(ctx, pinning, provider)
      );
      tell();
    }
    await Promise.all(
      open.map(({ provider }) =>
        told(ctx, provider, others.signal, () =>
          settled(ctx, pinning, provider, others.signal)
        )
      )
    );
  } finally {
    others.abort();
    pinning.recordsChanged.disconnect(tell);
  }
}

/** What stops a keeper is written down with it. */
async function told(
  ctx: IStepContext,
  provider: string,
  stopped: AbortSignal,
  task: () => Promise<void>
): Promise<void> {
  try {
    await task();
  } catch (cause) {
    ctx.signal.throwIfAborted();
    if (cause instanceof PublishError || stopped.aborted) {
      throw cause;
    }
    const trouble = {
      code: String(codeOf(cause) ?? 'failed'),
      message: messageOf(cause)
    };
    await change(ctx, provider, { trouble });
    throw new PublishError('storage-failed', trouble.message, { cause });
  }
}

/** Ask one; or, where that was done, have it tried again now. */
async function ask(
  ctx: IStepContext,
  pinning: Pinning,
  id: string
): Promise<void> {
  const { root, draft } = ctx.record;
  const { cid, size } = root!;
  const keeper = ctx.record.keepers!.find(({ provider }) => provider === id)!;
  const known = recordOf(pinning, keeper);
  if (known && known.state !== 'failed' && known.state !== 'removing') {
    if (known.problem) {
      pinning.retry(known.id);
    }
    return;
  }
  const provider = pinning.providers.find(one => one.id === id);
  if (!provider) {
    throw Object.assign(new Error(`There is no provider ${id}`), {
      code: 'no-provider'
    });
  }
  const hadBefore =
    keeper.hadBefore ??
    (pinning.records.some(
      record =>
        record.cid === cid &&
        record.provider === id &&
        record.state !== 'failed' &&
        record.state !== 'removing'
    ) ||
      (await provider.status({ cid }, { signal: ctx.signal })) !== null);
  await change(ctx, id, { hadBefore, trouble: undefined });
  const made = await pinning.pin({ cid, name: draft.name, bytes: size }, id);
  await change(ctx, id, { pin: made.id });
}

/** Wait until it is kept. A queue tries for ever; a person is told before. */
async function settled(
  ctx: IStepContext,
  pinning: Pinning,
  id: string,
  stopped: AbortSignal
): Promise<void> {
  const keeper = ctx.record.keepers!.find(({ provider }) => provider === id)!;
  const before = recordOf(pinning, keeper)?.updated;
  const signal = AbortSignal.any([ctx.signal, stopped]);
  let stop = (): void => undefined;
  const trouble = new Promise<never>((_resolve, reject) => {
    const look = (): void => {
      const now = recordOf(pinning, keeper);
      if (now?.problem && now.attempts >= TRIES && now.updated !== before) {
        const { code, message } = now.problem;
        reject(Object.assign(new Error(message), { code }));
      }
    };
    pinning.recordsChanged.connect(look);
    stop = () => pinning.recordsChanged.disconnect(look);
  });
  try {
    await Promise.race([pinning.settled(keeper.pin!, { signal }), trouble]);
  } finally {
    stop();
  }
  await change(ctx, id, { pinned: true, trouble: undefined });
}

/** How far everybody is who is to keep it. */
function statesOf(record: IJobRecord, pinning: Pinning): IKeeperState[] {
  return keepersOf(record).map(keeper => {
    const known = recordOf(pinning, keeper);
    return {
      id: keeper.provider,
      label: keeper.label,
      state: known?.state ?? 'waiting',
      ...(typeof known?.progress === 'number'
        ? { progress: known.progress }
        : {})
    };
  });
}

/** The node or the page, as it just answered. */
function engineHolder({ record }: IStepContext, has: boolean): IHolder {
  return {
    id: record.pin?.page ? PAGE : NODE,
    label: '',
    has,
    checked: new Date().toISOString()
  };
}

/** Everybody who might have it, asked now. */
async function holdersOf(ctx: IStepContext): Promise<IHolder[]> {
  const { ipfs, pinning } = ctx.deps;
  const { root, pin } = ctx.record;
  const { cid } = root!;
  if (pinning && (pin?.page || keepersOf(ctx.record).length)) {
    return pinning.holders(cid, { signal: ctx.signal });
  }
  // The node alone: its word is enough, and no other room is loaded for it.
  try {
    return [engineHolder(ctx, await ipfs.pins.has(cid))];
  } catch (cause) {
    throw new PublishError('ipfs-offline', messageOf(cause), { cause });
  }
}

function isEnough(record: IJobRecord, holders: IHolder[]): boolean {
  return holders.some(
    ({ id, has }) => has === true && (id !== PAGE || allowsPage(record))
  );
}

/**
 * See that everybody who was chosen really has it. Where that is the node
 * alone, it has just said so: it is asked again right before the mint.
 *
 * @throws PublishError storage-failed, not-kept
 */
export async function checkKept(ctx: IStepContext): Promise<void> {
  if (!ctx.record.pin?.page && !keepersOf(ctx.record).length) {
    ctx.note({ holders: [engineHolder(ctx, true)] });
    return;
  }
  const holders = await holdersOf(ctx);
  await ctx.save({ holders });
  for (const { provider, label } of keepersOf(ctx.record)) {
    const holder = holders.find(({ id }) => id === provider);
    if (holder?.has !== true) {
      const code = holder?.has === false ? 'not-there' : 'unreachable';
      const message = holder?.detail ?? label;
      await change(ctx, provider, {
        pinned: false,
        trouble: { code, message }
      });
      throw new PublishError('storage-failed', message);
    }
  }
  if (!isEnough(ctx.record, holders)) {
    throw new PublishError('not-kept', 'Nobody has it');
  }
}

/**
 * Before anything is paid: somebody has it still, and not only a page.
 *
 * @throws PublishError not-kept, ipfs-offline; the next try has it kept again
 */
export async function checkBeforeMint(ctx: IStepContext): Promise<void> {
  const holders = await holdersOf(ctx);
  ctx.note({ holders });
  const { record } = ctx;
  if (isEnough(record, holders)) {
    return;
  }
  const isHere = holders.some(
    ({ id, has }) => (id === NODE || id === PAGE) && has !== false
  );
  await ctx.save({
    keepers: record.keepers?.map(keeper => ({ ...keeper, pinned: false })),
    done: record.done.filter(step =>
      isHere ? step !== 'pin' : step === 'content'
    )
  });
  throw new PublishError('not-kept', 'Nobody has it any more');
}

/**
 * Go on without a keeper. What it was asked for stays in the queue.
 *
 * @throws PublishError no-other-holder
 */
export async function leaveOut(
  ctx: IStepContext,
  provider: string
): Promise<void> {
  if (!canGoOnWithout(ctx.record, provider)) {
    throw new PublishError('no-other-holder', provider);
  }
  await change(ctx, provider, { dropped: true });
}

/** Take back what the job had kept elsewhere; the record says what may remain. */
export async function takeBack(ctx: IStepContext): Promise<void> {
  const { pinning } = ctx.deps;
  const { root, keepers = [] } = ctx.record;
  const asked = keepers.filter(({ hadBefore }) => hadBefore === false);
  if (!root || !asked.length) {
    return;
  }
  await pinning?.load();
  await Promise.all(
    asked.map(async ({ provider }) => {
      try {
        if (!pinning) {
          throw new Error('Nobody can be asked');
        }
        await pinning.unpin(root.cid, provider);
        await change(ctx, provider, { left: undefined });
      } catch (error) {
        // Not now: the queue asks again by itself. Not at all: the person said
        // no to its ending, or it is unknown by now.
        const code = codeOf(error);
        const isFinal =
          !pinning || code === 'cancelled' || code === 'no-provider';
        await change(ctx, provider, { left: isFinal ? 'kept' : 'asked' });
      }
    })
  );
}
