/**
 * Deposit and operator approval, in one transaction where both are needed.
 *
 * The deposit happens once whatever becomes of page, prompt or hash: it is made
 * with an ERC-2612 permit that is written down before the wallet is asked for
 * the transaction, and the token takes a permit's nonce a single time
 * (https://eips.ethereum.org/EIPS/eip-2612). As long as it can still be used, it
 * is the only one that is ever sent.
 */
import { balanceForPermit } from '@filoz/synapse-core/erc20';
import { signErc20Permit } from '@filoz/synapse-core/typed-data';
import { LOCKUP_PERIOD, TIME_CONSTANTS } from '@filoz/synapse-core/utils';
import {
  encodeFunctionData,
  maxUint256,
  parseSignature,
  type Address,
  type Hex
} from 'viem';
import { getBlock } from 'viem/actions';

import type { FilecoinClient } from './filecoinClient';
import { approvalCall, needed } from './filecoinCosts';
import { FilecoinError } from './filecoinErrors';
import type { IDepositIntent } from './filecoinJournal';
import { outcome, type FilecoinStep } from './filecoinStep';

type Permit = NonNullable<IDepositIntent['permit']>;

/** An account that is paid from meanwhile needs a little more each epoch. */
function within(deposit: bigint, agreed: bigint): boolean {
  return deposit <= agreed + agreed / 100n;
}

/**
 * Have the account funded as agreed.
 *
 * @param dataSet - that the content goes to; undefined: a new one
 * @throws FilecoinError costs-more (more than agreed to; nothing was asked),
 *   no-token, tx-reverted, tx-in-flight, and those of `FilecoinClient.send`
 */
export async function fund(
  step: FilecoinStep,
  dataSet: bigint | undefined,
  bytes: number,
  days: number
): Promise<void> {
  await drive(
    step,
    () => begin(step, dataSet, bytes, days),
    async amount => {
      const now = await needed(step.filecoin, dataSet, bytes, days);
      return now.depositNeeded * 100n <= amount && !now.needsFwssMaxApproval;
    }
  );
}

/**
 * Add to the deposit what was agreed to, whatever the account has.
 *
 * A permit that is used up counts as paid even where no hash was seen: rather
 * too little is there, which is shown, than paid twice.
 */
export async function addFunds(step: FilecoinStep): Promise<void> {
  await drive(
    step,
    () =>
      step.save({
        deposit: { amount: step.record.agreed.deposit, approve: false }
      }),
    async () => true
  );
}

async function drive(
  step: FilecoinStep,
  first: () => Promise<void>,
  arrived: (amount: bigint) => Promise<boolean>
): Promise<void> {
  while (!step.record.funded) {
    const { deposit } = step.record;
    if (!deposit) {
      await first();
    } else if (deposit.amount === '0') {
      await approve(step, deposit);
    } else if (!deposit.permit) {
      await permit(step, deposit);
    } else {
      await pay(step, deposit, deposit.permit, () =>
        arrived(BigInt(deposit.amount))
      );
    }
  }
}

/** See what is needed now, and hold it against what was agreed to. */
async function begin(
  step: FilecoinStep,
  dataSet: bigint | undefined,
  bytes: number,
  days: number
): Promise<void> {
  const now = await needed(step.filecoin, dataSet, bytes, days);
  if (now.ready) {
    return step.save({ funded: true });
  }
  const agreed = BigInt(step.record.agreed.deposit);
  if (!within(now.depositNeeded, agreed)) {
    throw new FilecoinError(
      'costs-more',
      `${now.depositNeeded} are needed, ${agreed} were agreed to`
    );
  }
  const amount = now.depositNeeded < agreed ? now.depositNeeded : agreed;
  await step.save({
    deposit: { amount: `${amount}`, approve: now.needsFwssMaxApproval }
  });
}

/** An approval alone moves nothing: asking for it again does no harm. */
async function approve(
  step: FilecoinStep,
  intent: IDepositIntent
): Promise<void> {
  const { filecoin } = step;
  const to = filecoin.chain.contracts.filecoinPay.address;
  if (!intent.hash) {
    await step.speak();
    const hash = await filecoin.send(
      { to, data: approvalCall(filecoin) },
      async () =>
        step.save({ deposit: { ...intent, asked: new Date().toISOString() } })
    );
    intent = { ...intent, hash };
    await step.save({ deposit: intent });
  }
  await settle(step, intent);
}

async function permit(
  step: FilecoinStep,
  intent: IDepositIntent
): Promise<void> {
  const { filecoin } = step;
  const { client, account } = filecoin;
  const amount = BigInt(intent.amount);
  const token = await filecoin.read(() =>
    balanceForPermit(client, { address: account })
  );
  if (token.value < amount) {
    throw new FilecoinError(
      'no-token',
      `${amount} USDFC units are needed, the account has ${token.value}`
    );
  }
  await step.speak();
  const chainTime = await now(filecoin);
  const local = BigInt(Math.floor(Date.now() / 1000));
  const deadline =
    (chainTime > local ? chainTime : local) +
    BigInt(TIME_CONSTANTS.PERMIT_DEADLINE_DURATION);
  const signature = await filecoin.sign(() =>
    signErc20Permit(client, {
      amount,
      nonce: token.nonce,
      deadline,
      name: token.name,
      version: token.version
    })
  );
  await step.save({
    deposit: {
      amount: intent.amount,
      approve: intent.approve,
      permit: { nonce: `${token.nonce}`, deadline: `${deadline}`, signature }
    }
  });
}

async function pay(
  step: FilecoinStep,
  intent: IDepositIntent,
  signed: Permit,
  arrived: () => Promise<boolean>
): Promise<void> {
  const { filecoin } = step;
  if (intent.hash) {
    return settle(step, intent);
  }
  if (await used(filecoin, signed)) {
    // By our transaction, whose hash never reached us, or by another permit of
    // the same account: then ours is void, and nothing of it was paid.
    return (await arrived())
      ? step.save({ funded: true })
      : step.save({ deposit: undefined });
  }
  if ((await now(filecoin)) > BigInt(signed.deadline)) {
    // Void for ever, also in a prompt that may still be open.
    return step.save({ deposit: undefined });
  }
  await step.speak();
  const hash = await filecoin.send(
    {
      to: filecoin.chain.contracts.filecoinPay.address,
      data: depositCall(filecoin, intent, signed)
    },
    async () =>
      step.save({ deposit: { ...intent, asked: new Date().toISOString() } })
  );
  await step.save({ deposit: { ...intent, hash } });
}

async function settle(
  step: FilecoinStep,
  intent: IDepositIntent
): Promise<void> {
  const { filecoin } = step;
  const end = await step.until(async () => {
    const seen = await outcome(filecoin, intent.hash ?? '');
    // Under another hash with the same permit: sped up in the wallet, or a
    // prompt from before that was answered after all.
    return seen !== 'done' &&
      intent.permit &&
      (await used(filecoin, intent.permit))
      ? 'elsewhere'
      : seen;
  });
  if (end === 'done') {
    return step.save({ funded: true });
  }
  await step.save({ deposit: { ...intent, hash: undefined } });
  if (end === 'reverted') {
    throw new FilecoinError(
      'tx-reverted',
      `Transaction ${intent.hash} reverted; nothing was deposited`
    );
  }
}

function depositCall(
  filecoin: FilecoinClient,
  intent: IDepositIntent,
  signed: Permit
): Hex {
  const { usdfc, fwss, filecoinPay } = filecoin.chain.contracts;
  const { r, s, v, yParity } = parseSignature(signed.signature as Hex);
  const args = [
    usdfc.address,
    filecoin.account as Address,
    BigInt(intent.amount),
    BigInt(signed.deadline),
    Number(v ?? BigInt(yParity + 27)),
    r,
    s
  ] as const;
  return intent.approve
    ? encodeFunctionData({
        abi: filecoinPay.abi,
        functionName: 'depositWithPermitAndApproveOperator',
        args: [...args, fwss.address, maxUint256, maxUint256, LOCKUP_PERIOD]
      })
    : encodeFunctionData({
        abi: filecoinPay.abi,
        functionName: 'depositWithPermit',
        args
      });
}

/** Whether the token has gone past the permit's nonce. */
async function used(
  filecoin: FilecoinClient,
  signed: Permit
): Promise<boolean> {
  const { nonce } = await filecoin.read(() =>
    balanceForPermit(filecoin.client, { address: filecoin.account })
  );
  return nonce > BigInt(signed.nonce);
}

/** The chain's own time, Unix seconds. */
async function now(filecoin: FilecoinClient): Promise<bigint> {
  return (await filecoin.read(() => getBlock(filecoin.client))).timestamp;
}
