/** What a node's `initialize` answers, as tests on the real contracts need it. */
import {
  getBytes,
  hexlify,
  Signature,
  solidityPackedKeccak256,
  toUtf8Bytes,
  Wallet,
  ZeroAddress
} from 'ethers';

import type { IProviderFee } from '../nodeClient';

/**
 * A fee, signed as the datatoken checks it (`_checkProviderFee` of
 * ERC20Template): nothing, without end, unless told otherwise.
 *
 * @param o.amount - base units of `token`
 * @param o.validUntil - seconds since 1970; 0: without end
 * @param o.node - who takes it
 */
export async function signedFee(
  o: {
    token?: string;
    amount?: bigint;
    validUntil?: number;
    node?: { address: string } & Pick<Wallet, 'signMessage'>;
  } = {}
): Promise<IProviderFee> {
  const { token = ZeroAddress, amount = 0n, validUntil = 0 } = o;
  const node = o.node ?? Wallet.createRandom();
  const providerData = hexlify(toUtf8Bytes('{}'));
  const digest = solidityPackedKeccak256(
    ['bytes', 'address', 'address', 'uint256', 'uint256'],
    [providerData, node.address, token, amount, validUntil]
  );
  const { v, r, s } = Signature.from(await node.signMessage(getBytes(digest)));
  return {
    providerFeeAddress: node.address,
    providerFeeToken: token,
    providerFeeAmount: String(amount),
    providerData,
    v,
    r,
    s,
    validUntil
  };
}
