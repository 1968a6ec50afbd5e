/**
 * What it costs, read on the chain before anybody is asked for anything. All
 * amounts are integers of base units (USDFC and FIL have 18 decimals).
 */
import { balance } from '@filoz/synapse-core/erc20';
import { accounts } from '@filoz/synapse-core/pay';
import { getDataSetSizes } from '@filoz/synapse-core/pdp-verifier';
import {
  LOCKUP_PERIOD,
  SIZE_CONSTANTS,
  TIME_CONSTANTS
} from '@filoz/synapse-core/utils';
import {
  calculateAdditionalLockupRequired,
  getServicePrice,
  getUploadCosts
} from '@filoz/synapse-core/warm-storage';
import type { StorageContext } from '@filoz/synapse-sdk/storage';
import { encodeFunctionData, erc20Abi, maxUint256, type Hex } from 'viem';
import { getBalance, getGasPrice } from 'viem/actions';

import type { IPinRequest } from '../tokens';
import type { FilecoinClient, FilecoinPrompt } from './filecoinClient';
import { FilecoinError, messageOf } from './filecoinErrors';

export const MIN_BYTES = SIZE_CONSTANTS.MIN_UPLOAD_SIZE;
export const MAX_BYTES = SIZE_CONSTANTS.MAX_UPLOAD_SIZE;
export const DAYS_LOCKED = Number(
  LOCKUP_PERIOD / TIME_CONSTANTS.EPOCHS_PER_DAY
);

export type FilecoinObstacle =
  | 'not-connected'
  | 'no-archive'
  | 'too-small'
  | 'too-big'
  | 'no-provider'
  | 'no-token'
  | 'no-gas';

export interface IFilecoinCosts {
  chainId: number;
  testnet: boolean;
  account: string;
  /** Of the archive. */
  bytes: number;
  /** Symbol of the chain's own currency. */
  currency: string;
  /** Of the whole data set, this archive included. */
  perEpoch: bigint;
  perMonth: bigint;
  /** To be put into the payment contract now. */
  deposit: bigint;
  /** Of the deposit: locked for `DAYS_LOCKED` days, the provider's security. */
  lockup: bigint;
  /** Of `lockup`: charged once for a new data set. */
  setup: bigint;
  /** Days of storage that the deposit pays besides the lock-up. */
  days: number;
  /**
   * Network fee of the transactions, at the gas price of now; an estimate. Null
   * where there is none to be had: without the tokens the call would revert.
   */
  gas: bigint | null;
  /** What the account has. */
  tokens: bigint;
  coins: bigint;
  provider: { id: string; name: string; url: string } | null;
  /** Null: one is made. */
  dataSet: string | null;
  prompts: FilecoinPrompt[];
  obstacle: FilecoinObstacle | null;
}

/**
 * Length of the archive, by reading it: rates are charged by its bytes, which
 * are more than those of the content.
 *
 * @returns null where it is longer than a piece may be
 */
export async function measure(
  request: IPinRequest,
  signal?: AbortSignal
): Promise<number | null> {
  if (!request.car) {
    throw new FilecoinError('no-archive', 'There is no archive to upload');
  }
  if ((request.bytes ?? 0) > MAX_BYTES) {
    return null;
  }
  let bytes = 0;
  for await (const chunk of request.car()) {
    signal?.throwIfAborted();
    bytes += chunk.byteLength;
    if (bytes > MAX_BYTES) {
      return null;
    }
  }
  return bytes;
}

/** The storage provider and data set that a new pin of the account gets. */
export async function place(
  filecoin: FilecoinClient,
  wanted: { provider?: string } = {}
): Promise<StorageContext> {
  try {
    return await filecoin.synapse.storage.createContext({
      metadata: { withIPFSIndexing: '' },
      ...(wanted.provider ? { providerId: BigInt(wanted.provider) } : {})
    });
  } catch (cause) {
    const nobody = /No approved|not found in registry/.test(messageOf(cause));
    throw new FilecoinError(
      nobody ? 'no-provider' : 'chain-unreachable',
      messageOf(cause),
      { cause }
    );
  }
}

/** What `fund` asks for: see `getUploadCosts`. */
export async function needed(
  filecoin: FilecoinClient,
  dataSet: bigint | undefined,
  bytes: number,
  days: number
): Promise<
  getUploadCosts.OutputType & { lockup: bigint; setup: bigint; size: bigint }
> {
  const { client, account } = filecoin;
  return filecoin.read(async () => {
    const [size] =
      dataSet === undefined
        ? [0n]
        : await getDataSetSizes(client, { dataSetIds: [dataSet] });
    const common = {
      dataSize: BigInt(bytes),
      currentDataSetSize: size,
      isNewDataSet: dataSet === undefined,
      withCDN: false
    };
    const [costs, price] = await Promise.all([
      getUploadCosts(client, {
        ...common,
        clientAddress: account,
        extraRunwayEpochs: BigInt(days) * TIME_CONSTANTS.EPOCHS_PER_DAY
      }),
      getServicePrice(client)
    ]);
    const lock = calculateAdditionalLockupRequired({
      ...common,
      pricePerTiBPerMonth: price.pricePerTiBPerMonthNoCDN,
      minimumPricePerMonth: price.minimumPricePerMonth,
      epochsPerMonth: price.epochsPerMonth
    });
    return { ...costs, lockup: lock.total, setup: lock.sybilFee, size };
  });
}

/** The operator approval that the storage contract needs, as call data. */
export function approvalCall(filecoin: FilecoinClient): Hex {
  const { usdfc, fwss, filecoinPay } = filecoin.chain.contracts;
  return encodeFunctionData({
    abi: filecoinPay.abi,
    functionName: 'setOperatorApproval',
    args: [
      usdfc.address,
      fwss.address,
      true,
      maxUint256,
      maxUint256,
      LOCKUP_PERIOD
    ]
  });
}

/**
 * Gas of the deposit. It can't be estimated before its permit is signed, so that
 * its parts are: moving the tokens, a permit (which costs what an approval
 * does), and approving the operator. Each part counts a transaction's base fee
 * that is paid once only: rather too much than too little.
 */
async function gasUnits(
  filecoin: FilecoinClient,
  deposit: bigint,
  approve: boolean
): Promise<bigint> {
  const { usdfc, filecoinPay } = filecoin.chain.contracts;
  const token = (functionName: 'transfer' | 'approve'): Promise<bigint> =>
    filecoin.estimate({
      to: usdfc.address,
      data: encodeFunctionData({
        abi: erc20Abi,
        functionName,
        args: [filecoinPay.address, deposit]
      })
    });
  const parts = await Promise.all([
    deposit > 0n ? token('approve') : 0n,
    deposit > 0n ? token('transfer') : 0n,
    approve
      ? filecoin.estimate({
          to: filecoinPay.address,
          data: approvalCall(filecoin)
        })
      : 0n
  ]);
  return parts.reduce((sum, part) => sum + part, 0n);
}

/**
 * The quote of a pin.
 *
 * @param days - of storage to pay ahead, besides the lock-up
 * @throws FilecoinError not-connected, no-archive, chain-unreachable
 */
export async function quoteCosts(
  filecoin: FilecoinClient,
  request: IPinRequest,
  days: number,
  signal?: AbortSignal
): Promise<IFilecoinCosts> {
  const { client, account, chain } = filecoin;
  const bytes = await measure(request, signal);
  const [context, elsewhere, tokens, coins] = await Promise.all([
    place(filecoin).catch((error: unknown) => {
      if (error instanceof FilecoinError && error.code === 'no-provider') {
        return null;
      }
      throw error;
    }),
    filecoin.elsewhere(),
    filecoin.read(() => balance(client, { address: account })),
    filecoin.read(() => getBalance(client, { address: account }))
  ]);
  const costs = await needed(
    filecoin,
    context?.dataSetId,
    bytes ?? request.bytes ?? MAX_BYTES,
    days
  );
  const { depositNeeded: deposit, needsFwssMaxApproval: approve } = costs;
  const poor = tokens.value < deposit;
  const gas = poor
    ? null
    : (await gasUnits(filecoin, deposit, approve)) *
      (await filecoin.read(() => getGasPrice(client)));
  const prompts: FilecoinPrompt[] = [
    ...(elsewhere ? (['switch'] as const) : []),
    ...(deposit > 0n
      ? (['permit', approve ? 'deposit-approve' : 'deposit'] as const)
      : approve
        ? (['approve'] as const)
        : []),
    ...(context?.dataSetId === undefined ? (['data-set'] as const) : []),
    'add'
  ];
  return {
    chainId: chain.id,
    testnet: chain.testnet ?? false,
    account,
    bytes: bytes ?? request.bytes ?? MAX_BYTES + 1,
    currency: chain.nativeCurrency.symbol,
    perEpoch: costs.rate.perEpoch,
    perMonth: costs.rate.perMonth,
    deposit,
    lockup: costs.lockup,
    setup: costs.setup,
    days,
    gas,
    tokens: tokens.value,
    coins,
    provider: context
      ? {
          id: String(context.provider.id),
          name: context.provider.name,
          url: context.provider.pdp.serviceURL
        }
      : null,
    dataSet: context?.dataSetId === undefined ? null : `${context.dataSetId}`,
    prompts,
    obstacle:
      bytes === null
        ? 'too-big'
        : bytes < MIN_BYTES
          ? 'too-small'
          : !context
            ? 'no-provider'
            : poor
              ? 'no-token'
              : coins < (gas ?? 0n)
                ? 'no-gas'
                : null
  };
}

/** How long the account's deposit lasts. */
export interface IFunds {
  /** In the payment contract, base units of USDFC. */
  deposited: bigint;
  /** Of it, neither locked nor spent. */
  available: bigint;
  perMonth: bigint;
  /** Whole days until payments stop; null while nothing is paid. */
  daysLeft: number | null;
}

/** Days left at which the person is warned. */
export const WARN_DAYS = 14;

export async function readFunds(filecoin: FilecoinClient): Promise<IFunds> {
  const { client, account } = filecoin;
  return filecoin.read(async () => {
    const info = await accounts(client, { address: account });
    const rate = info.lockupRate;
    return {
      deposited: info.funds,
      available: info.availableFunds,
      perMonth: rate * TIME_CONSTANTS.EPOCHS_PER_MONTH,
      daysLeft:
        rate === 0n
          ? null
          : Number(info.availableFunds / (rate * TIME_CONSTANTS.EPOCHS_PER_DAY))
    };
  });
}
