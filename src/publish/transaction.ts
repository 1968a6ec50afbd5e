/**
 * A transaction that is asked for once.
 *
 * A wallet prompt outlives a reload, and its hash may never reach the page. So
 * account, nonce and block are written down before the prompt, the hash as soon
 * as the wallet returns it, and what counts is the effect on the chain: it is
 * looked for first, whatever happened to the page, the prompt or the hash.
 */
import { chainFailure } from '../ocean/chain';
import { Patience, reader, together, type IStepContext } from './context';
import { codeOf, messageOf, PublishError } from './errors';
import type { ICall } from './ports';
import { isRejection, prompt, readyWallet } from './prompts';
import type { IJobRecord, ITxIntent } from './record';

export interface ITxTask<T> {
  /** From the record. */
  intent(): ITxIntent | undefined;
  save(
    intent: ITxIntent | undefined,
    also?: Partial<IJobRecord>
  ): Promise<void>;
  /** What must hold right before the wallet is asked; throws where it does not. */
  ready?(): Promise<void>;
  /** The effect of the transaction on the chain, if it is there. */
  effect(fromBlock: number): Promise<T | null>;
  /** The effect in an answer of `eth_getTransactionReceipt`, if it is there. */
  inReceipt(receipt: object): Promise<T | null>;
  call(): Promise<ICall>;
}

const toHex = (value: number): string => '0x' + value.toString(16);

async function count(
  ctx: IStepContext,
  account: string,
  tag: 'latest' | 'pending'
): Promise<number> {
  return Number(
    await reader(ctx).request({
      method: 'eth_getTransactionCount',
      params: [account, tag]
    })
  );
}

/**
 * Wait until nothing of the account is pending.
 *
 * @throws PublishError tx-in-flight where that takes too long
 */
export async function nothingPending(ctx: IStepContext): Promise<void> {
  const { account } = ctx.record;
  const patience = new Patience(ctx);
  for (;;) {
    const [latest, pending] = await Promise.all([
      count(ctx, account, 'latest'),
      count(ctx, account, 'pending')
    ]);
    if (pending <= latest) {
      return;
    }
    if (!(await patience.wait())) {
      throw new PublishError(
        'tx-in-flight',
        'A transaction of this account is on its way'
      );
    }
  }
}

/** JSON-RPC errors after which the wallet can't have sent anything. */
function surelyNotSent(error: unknown): boolean {
  const code = codeOf(error);
  if (
    [4100, 4200, 4900, 4901, 4902, -32600, -32601, -32602, -32002].includes(
      Number(code)
    )
  ) {
    return true;
  }
  return (
    [-32000, -32003, -32010].includes(Number(code)) &&
    /insufficient funds|nonce too low|underpriced|intrinsic gas|gas required|exceeds block gas|fee cap/i.test(
      messageOf(error)
    )
  );
}

/**
 * Have it done: look for the effect, ask the wallet if nothing was asked yet,
 * and wait until the effect is there.
 *
 * @throws PublishError prompt-rejected (nothing sent), prompt-unknown (an old
 *   prompt may be open or its transaction under way), tx-reverted, tx-replaced,
 *   would-revert, and what `readyWallet` throws
 */
export async function transact<T>(
  ctx: IStepContext,
  task: ITxTask<T>
): Promise<T> {
  const before = task.intent();
  if (before?.asked) {
    return settle(ctx, task, before);
  }
  await readyWallet(ctx);
  const { account, chainId } = ctx.record;
  const [, blockNumber, nonceNow, { params, gas }] = await together([
    // After an old prompt its effect is looked for first.
    before ? Promise.resolve() : ready(task),
    reader(ctx).request({ method: 'eth_blockNumber' }),
    count(ctx, account, 'pending'),
    build(ctx, task)
  ]);
  const block = Number(blockNumber);
  const intent: ITxIntent = {
    account,
    chainId,
    nonce: nonceNow,
    // A prompt given up before may still have its effect: look that far back.
    block: Math.min(block, before?.block ?? block),
    asked: new Date().toISOString()
  };
  if (before) {
    const late = await task.effect(intent.block);
    if (late) {
      return late;
    }
    await ready(task);
  }
  // After a prompt that was given up, both share a nonce where it is still
  // free: at most one of the two can ever be mined.
  const nonce =
    before && before.nonce === intent.nonce
      ? { nonce: toHex(before.nonce) }
      : {};
  const hash = await prompt(ctx, async provider => {
    await task.save(intent);
    ctx.signal.throwIfAborted();
    try {
      return await provider.request({
        method: 'eth_sendTransaction',
        params: [{ ...params, ...nonce, gas, chainId: toHex(chainId) }]
      });
    } catch (cause) {
      throw await refused(task, before, cause);
    }
  });
  if (typeof hash !== 'string') {
    throw new PublishError('prompt-unknown', 'The wallet gave no hash');
  }
  const sent = { ...intent, hash };
  await task.save(sent, { prompts: ctx.record.prompts + 1 });
  return settle(ctx, task, sent);
}

async function ready<T>(task: ITxTask<T>): Promise<void> {
  await task.ready?.();
}

/** The call, with its gas. */
async function build<T>(
  ctx: IStepContext,
  task: ITxTask<T>
): Promise<{ params: object; gas: string }> {
  const { to, data, gas } = await task.call();
  const params = { from: ctx.record.account, to, data };
  // Whoever built the call may have estimated it, and seen that it goes through.
  return { params, gas: gas ?? (await estimate(ctx, params)) };
}

async function refused<T>(
  task: ITxTask<T>,
  before: ITxIntent | undefined,
  cause: unknown
): Promise<PublishError> {
  if (isRejection(cause)) {
    await task.save(before);
    return new PublishError('prompt-rejected', messageOf(cause), { cause });
  }
  if (surelyNotSent(cause)) {
    await task.save(before);
    return new PublishError('wallet-failed', messageOf(cause), { cause });
  }
  return new PublishError('prompt-unknown', messageOf(cause), { cause });
}

/** Gas with a margin, as the wallet is told; a revert shows before any prompt. */
async function estimate(ctx: IStepContext, params: object): Promise<string> {
  try {
    const gas = await ctx.deps.wallet
      .reader(ctx.record.chainId)
      .request({ method: 'eth_estimateGas', params: [params] });
    return toHex(Math.ceil(Number(gas) * 1.2));
  } catch (cause) {
    const told = /revert|insufficient|exceed/i.test(messageOf(cause));
    throw new PublishError(
      told
        ? 'would-revert'
        : chainFailure(cause) === 'chain-unreachable'
          ? 'chain-unreachable'
          : 'chain-error',
      messageOf(cause),
      { cause }
    );
  }
}

interface IReceipt {
  status: string;
}

async function settle<T>(
  ctx: IStepContext,
  task: ITxTask<T>,
  intent: ITxIntent
): Promise<T> {
  const rpc = reader(ctx);
  const patience = new Patience(ctx);
  let gone = 0;
  for (;;) {
    const [latest, receipt] = await Promise.all([
      count(ctx, intent.account, 'latest'),
      intent.hash
        ? (rpc.request({
            method: 'eth_getTransactionReceipt',
            params: [intent.hash]
          }) as Promise<IReceipt | null>)
        : null
    ]);
    // Read after both: an effect that is not there by then was not in them.
    const effect =
      (receipt && (await task.inReceipt(receipt))) ??
      (await task.effect(intent.block));
    if (effect) {
      return effect;
    }
    if (!intent.hash) {
      throw new PublishError(
        'prompt-unknown',
        'A prompt from before may still be open in the wallet'
      );
    }
    if (receipt && Number(receipt.status) === 0) {
      await task.save({ ...intent, hash: undefined, asked: '' });
      throw new PublishError(
        'tx-reverted',
        `Transaction ${intent.hash} reverted`
      );
    }
    if (!receipt) {
      intent = await sight(ctx, task, intent);
      if (intent.hashNonce !== undefined && latest > intent.hashNonce) {
        // Asked several times: endpoints behind a balancer differ by a block.
        if (++gone > 3) {
          await task.save({ ...intent, hash: undefined, asked: '' });
          throw new PublishError(
            'tx-replaced',
            `Transaction ${intent.hash} was replaced by another one`
          );
        }
      }
    }
    if (!(await patience.wait())) {
      throw new PublishError(
        'tx-in-flight',
        `Transaction ${intent.hash} is not mined yet`
      );
    }
  }
}

/** Learn the nonce of a transaction while the chain still knows it. */
async function sight<T>(
  ctx: IStepContext,
  task: ITxTask<T>,
  intent: ITxIntent
): Promise<ITxIntent> {
  if (intent.hashNonce !== undefined) {
    return intent;
  }
  const seen = (await reader(ctx).request({
    method: 'eth_getTransactionByHash',
    params: [intent.hash]
  })) as { nonce: string } | null;
  if (!seen) {
    return intent;
  }
  const known = { ...intent, hashNonce: Number(seen.nonce) };
  await task.save(known);
  return known;
}

/**
 * The person says that the old prompt is closed. That alone does not show that
 * nothing was signed: only an account with nothing under way does.
 *
 * @throws PublishError tx-in-flight while a transaction of the account is pending
 * @returns false where the effect turned up instead
 */
export async function giveUp<T>(
  ctx: IStepContext,
  task: ITxTask<T>
): Promise<boolean> {
  const intent = task.intent();
  if (!intent?.asked) {
    return true;
  }
  const latest = await count(ctx, intent.account, 'latest');
  const pending = await count(ctx, intent.account, 'pending');
  if (await task.effect(intent.block)) {
    return false;
  }
  const mayStillBeMined =
    intent.hash !== undefined &&
    latest <= (intent.hashNonce ?? intent.nonce) &&
    (await reader(ctx).request({
      method: 'eth_getTransactionByHash',
      params: [intent.hash]
    })) !== null;
  if (pending > latest || mayStillBeMined) {
    throw new PublishError(
      'tx-in-flight',
      'A transaction of this account is on its way'
    );
  }
  // Kept without `asked`: block and nonce still say where to look.
  await task.save({ ...intent, hash: undefined, asked: '' });
  return true;
}
