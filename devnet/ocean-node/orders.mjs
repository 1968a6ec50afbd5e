/** What an order costs here, and whether one was paid. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  Signature,
  getAddress,
  getBytes,
  hexlify,
  isAddress,
  solidityPackedKeccak256,
  toUtf8Bytes,
  toUtf8String
} from 'ethers';

import { datatokenEvents } from './chain.mjs';
import { checkAccess } from './credentials.mjs';
import { Refusal } from './refusal.mjs';

const refuse = message => {
  throw new Refusal(500, message);
};

/** @throws Refusal 500 unless the asset can be ordered and downloaded. */
export function checkOrderable(ddo) {
  if (!ddo) {
    refuse('Asset provided is either null, either undefined null');
  }
  // A real node asks `state in [0, 5]`, which in JavaScript is true of the
  // *indexes* 0 and 1: unlisted (5) is refused and end-of-life (1) is not.
  if (![0, 1].includes(ddo.indexedMetadata.nft.state)) {
    refuse(
      'Nft not present in the asset or the state is different than ACTIVE or UNLISTED.'
    );
  }
}

/**
 * What the node takes of each order, from `fee.json` of its state folder, read
 * at each request: `{token, amount}`, base units as text. Nothing where there
 * is no such file. A real node has it of `FEE_TOKENS` and `FEE_AMOUNT`.
 *
 * @throws SyntaxError when the file is not JSON
 */
function feeOf(state, addresses) {
  const file = join(state, 'fee.json');
  const { token = addresses.Ocean, amount = '0' } = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : {};
  return { token: getAddress(token), amount: BigInt(amount) };
}

/** @param {{keys, chain, state: string}} o - `state`: the node's folder */
export function createOrders({ keys, chain, state }) {
  /** Signed as ERC20Template's `_checkProviderFee` recovers it. */
  async function providerFee(service, validUntil) {
    const { token, amount } = feeOf(state, chain.addresses);
    const providerData = hexlify(
      toUtf8Bytes(
        JSON.stringify({ dt: service.datatokenAddress, id: service.id })
      )
    );
    const digest = solidityPackedKeccak256(
      ['bytes', 'address', 'address', 'uint256', 'uint256'],
      [providerData, keys.address, token, amount, validUntil]
    );
    const { v, r, s } = Signature.from(
      await keys.wallet.signMessage(getBytes(digest))
    );
    return {
      providerFeeAddress: keys.address,
      providerFeeToken: token,
      providerFeeAmount: String(amount),
      providerData,
      v,
      r,
      s,
      validUntil
    };
  }

  const eventsOf = (receipt, name) => {
    const { topicHash } = datatokenEvents.getEvent(name);
    return receipt.logs
      .filter(log => log.topics[0] === topicHash)
      .map(log => ({
        address: getAddress(log.address),
        args: datatokenEvents.parseLog(log).args
      }));
  };

  function feeIsPaid(receipt, service, now) {
    return eventsOf(receipt, 'ProviderFee').some(({ args }) => {
      const until = Number(args.validUntil);
      if (args.providerFeeAddress !== keys.address || (until && now >= until)) {
        return false;
      }
      try {
        const data = JSON.parse(toUtf8String(args.providerData));
        return (
          data.id === service.id &&
          getAddress(data.dt) === getAddress(service.datatokenAddress)
        );
      } catch (error) {
        // Anyone can put anything there: then it is not our fee.
        console.error(`ocean-node: foreign provider data: ${error.message}`);
        return false;
      }
    });
  }

  return {
    /** @throws Refusal 500 */
    async initialize(ddo, { serviceId, consumerAddress, validUntil }, nonce) {
      checkOrderable(ddo);
      const service = ddo.services.find(item => item.id === serviceId);
      if (!service) {
        refuse('Invalid serviceId');
      }
      if (service.type === 'compute') {
        refuse('Use the initializeCompute endpoint to initialize compute jobs');
      }
      if (consumerAddress && !isAddress(consumerAddress)) {
        throw new Refusal(
          400,
          'Parameter : "consumerAddress" is not a valid web3 address'
        );
      }
      if (ddo.credentials || service.credentials) {
        if (!consumerAddress) {
          throw new Refusal(
            400,
            'consumerAddress is required to check credentials'
          );
        }
        await checkAccess(chain, ddo, service, consumerAddress);
      }
      const timeout = Number(service.timeout);
      const end = timeout === 0 ? 0 : (await chain.now()) + timeout;
      const wanted = Number(validUntil);
      if (wanted && timeout > 0 && wanted > end) {
        refuse('Required validUntil is higher than service timeout');
      }
      return {
        providerFee: await providerFee(service, wanted || end),
        datatoken: service.datatokenAddress,
        nonce,
        computeAddress: consumerAddress ?? null
      };
    },

    /**
     * Whether `transferTxId` paid for this service and is not too old.
     *
     * Counts only a transaction whose receiver *is* the datatoken: a batch
     * sent through another contract is refused, as by a real node.
     *
     * @throws Refusal 500
     */
    async check(ddo, service, { transferTxId, consumerAddress }) {
      const now = await chain.now();
      const ordered = await chain.receipt(transferTxId);
      if (!ordered || !feeIsPaid(ordered, service, now)) {
        refuse('ERROR checking fees');
      }
      const receiver = ordered.to && getAddress(ordered.to);
      let paid = ordered;
      const [reused] = eventsOf(ordered, 'OrderReused');
      if (reused) {
        paid = await chain.receipt(reused.args.orderTxId);
        if (!paid) {
          refuse(
            `Tx receipt cannot be processed, because tx id ${transferTxId} was not mined.`
          );
        }
      }

      const datatoken = getAddress(service.datatokenAddress);
      const consumer =
        isAddress(consumerAddress) && getAddress(consumerAddress);
      const order =
        receiver === datatoken &&
        eventsOf(paid, 'OrderStarted').find(
          ({ address, args }) =>
            address === datatoken &&
            (args.consumer === consumer || args.payer === consumer)
        );
      const nft =
        order &&
        (await chain.contract(datatoken, 'datatoken').getERC721Address());
      if (!order || nft !== getAddress(ddo.nftAddress)) {
        refuse(
          'Tx id used not valid, one of the NFT addresses, Datatoken address or the User address contract address does not match.'
        );
      }
      const index = ddo.services.indexOf(service);
      if (order.args.serviceIndex !== BigInt(index)) {
        refuse('Invalid service index.');
      }
      const contract = chain.contract(ddo.nftAddress, 'nft');
      if (!(await contract.isDeployed(datatoken))) {
        refuse('Datatoken was not deployed by this DataNFT.');
      }
      const block = await chain.provider.getBlock(paid.blockNumber);
      const timeout = Number(service.timeout);
      if (timeout !== 0 && now - block.timestamp > timeout) {
        refuse('The order has expired.');
      }
    }
  };
}
