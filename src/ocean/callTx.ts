/** A call of a contract as a transaction that a wallet is asked to send. */
import { toQuantity, type Interface } from 'ethers';

import { estimateGas, type ITxRequest, type Reader } from './chain';

/**
 * Encode a call and estimate its gas, with a margin of a fifth: what the
 * contract would refuse is refused here, before any prompt.
 *
 * @throws OceanError tx-reverted (with the contract's words), chain-unreachable
 */
export async function callTx(
  reader: Reader,
  from: string,
  to: string,
  abi: Interface,
  name: string,
  args: readonly unknown[] = []
): Promise<ITxRequest> {
  const tx: ITxRequest = {
    from,
    to,
    data: abi.encodeFunctionData(name, args),
    value: '0x0'
  };
  const gas = await estimateGas(reader, tx);
  return { ...tx, gas: toQuantity((gas * 12n) / 10n) };
}
