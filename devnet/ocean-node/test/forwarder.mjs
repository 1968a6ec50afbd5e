/**
 * A contract that passes a call on: what a batch (EIP-5792, a smart account)
 * looks like to the contracts it reaches. Call data: 20 bytes of the target's
 * address, then the call.
 */
import { concat } from 'ethers';

/** `call(target, data)`, revert if it failed; written by hand, 29 bytes. */
const FORWARD =
  '60143603806014' + '5f375f5f825f5f5f3560601c5af1601b575f5ffd5b00';
/** The same after an empty `LOG0`, so that the call's logs are not the first. */
const LOG_AND_FORWARD =
  '5f5fa0' + '60143603806014' + '5f375f5f825f5f5f3560601c5af1601e575f5ffd5b00';

/** Install one by anvil's `anvil_setCode`; returns its address. */
export async function installForwarder(stack, { logFirst = false } = {}) {
  const address = logFirst
    ? '0x00000000000000000000000000000000000f0002'
    : '0x00000000000000000000000000000000000f0001';
  const code = logFirst ? LOG_AND_FORWARD : FORWARD;
  await stack.rpc('anvil_setCode', address, `0x${code}`);
  return address;
}

export async function forward(wallet, forwarder, target, data) {
  const sent = await wallet.sendTransaction({
    to: forwarder,
    data: concat([target, data]),
    gasLimit: 3_000_000
  });
  return sent.wait();
}
