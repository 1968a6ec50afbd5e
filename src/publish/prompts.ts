/**
 * The wallet prompts of a job: at most two signatures and two transactions.
 * Account and chain are asked of the wallet itself right before each.
 */
import { codeOf, messageOf, PublishError } from './errors';
import type { IStepContext } from './context';
import type { IEip1193Provider } from '../tokens';

/**
 * Prompts of a job from start to end; two more when it has to encrypt again, one
 * less where nothing is minted.
 */
export function promptsInAll(record: {
  encryptedAgain?: boolean;
  version?: object;
}): number {
  return record.version ? 3 : record.encryptedAgain ? 6 : 4;
}

/** Whether a wallet's error says that the person said no (EIP-1193 4001). */
export function isRejection(error: unknown): boolean {
  const code = codeOf(error);
  return code === 4001 || code === 'rejected' || code === 'ACTION_REJECTED';
}

/**
 * The wallet, on the account and the chain of the job.
 *
 * @throws PublishError wallet-disconnected | account-changed | chain-changed
 */
export async function readyWallet(
  ctx: IStepContext
): Promise<IEip1193Provider> {
  const { provider } = ctx.deps.wallet;
  const { account, chainId } = ctx.record;
  if (!provider) {
    throw new PublishError('wallet-disconnected', 'No wallet is connected');
  }
  let accounts: unknown;
  let chain: unknown;
  try {
    accounts = await provider.request({ method: 'eth_accounts' });
    chain = await provider.request({ method: 'eth_chainId' });
  } catch (cause) {
    throw new PublishError('wallet-failed', messageOf(cause), { cause });
  }
  const first = Array.isArray(accounts) ? accounts[0] : undefined;
  if (typeof first !== 'string') {
    throw new PublishError('wallet-disconnected', 'The wallet is logged out');
  }
  if (first.toLowerCase() !== account.toLowerCase()) {
    throw new PublishError(
      'account-changed',
      `The wallet is on ${first}, the job was started with ${account}`
    );
  }
  if (Number(chain) !== chainId) {
    throw new PublishError(
      'chain-changed',
      `The wallet is on chain ${Number(chain)}, the job is on ${chainId}`
    );
  }
  return provider;
}

/** Show that the wallet is asked, and count what it said yes to. */
export async function prompt<T>(
  ctx: IStepContext,
  ask: (provider: IEip1193Provider) => Promise<T>
): Promise<T> {
  const provider = await readyWallet(ctx);
  ctx.signal.throwIfAborted();
  ctx.tell('wallet', {
    detail: `${ctx.record.prompts + 1}/${promptsInAll(ctx.record)}`
  });
  try {
    return await ask(provider);
  } finally {
    ctx.tell('running');
  }
}

const hex = (bytes: Uint8Array): string =>
  '0x' + Array.from(bytes, b => b.toString(16).padStart(2, '0')).join('');

/**
 * `personal_sign` by the account of the job. A signature that was given is used
 * again for the same message: a node that was down costs no second prompt.
 */
export async function sign(
  ctx: IStepContext,
  message: Uint8Array
): Promise<string> {
  const text = hex(message);
  const before = ctx.signed.get(text);
  if (before) {
    return before;
  }
  const signature = await prompt(ctx, async provider => {
    try {
      return await provider.request({
        method: 'personal_sign',
        params: [text, ctx.record.account]
      });
    } catch (cause) {
      throw new PublishError(
        isRejection(cause) ? 'prompt-rejected' : 'wallet-failed',
        messageOf(cause),
        { cause }
      );
    }
  });
  if (typeof signature !== 'string') {
    throw new PublishError('wallet-failed', 'The wallet gave no signature');
  }
  ctx.signed.set(text, signature);
  ctx.note({ prompts: ctx.record.prompts + 1 });
  return signature;
}
