/** Asset records: read from the chain's events, checked, signed. */
import { DDOManager } from '@oceanprotocol/ddo-js';
import {
  Signature,
  getBytes,
  keccak256,
  toUtf8Bytes,
  toUtf8String
} from 'ethers';

import { didOf, nftEvents, sha256 } from './chain.mjs';
import { Refusal } from './refusal.mjs';

const ENCRYPTED = 2;
const COMPRESSED = 1;
const METADATA_EVENTS = ['MetadataCreated', 'MetadataUpdated'];

/** SHACL shapes of ddo-js; `[valid, errors]`. */
async function validateShape(ddo) {
  // The class writes into what it is given.
  return DDOManager.getDDOClass(structuredClone(ddo)).validate();
}

/**
 * @throws Error with the findings when a record to be indexed is not valid
 *
 * What was found valid is remembered by its hash: a check takes 70 ms, and the
 * whole index is read again at every start.
 */
export async function checkShape(keys, ddo) {
  const hash = sha256(JSON.stringify(ddo));
  if (keys.isKnownValid(hash)) {
    return;
  }
  const [valid, errors] = await validateShape(ddo);
  if (!valid) {
    const { fullReport: _, ...short } = errors;
    throw new Error(`Validation of ${ddo.id} failed: ${JSON.stringify(short)}`);
  }
  keys.setKnownValid(hash);
}

/**
 * Answer of `/assets/ddo/validate`: the hash of the record and the node's
 * signature over it.
 *
 * @throws Refusal 400 in the recorded words, which say nothing of the reason
 */
export async function validate(keys, ddo) {
  if (!ddo.version) {
    throw new Refusal(400, 'Missing DDO version');
  }
  let valid = false;
  try {
    [valid] = await validateShape(ddo);
  } catch (error) {
    // ddo-js throws on what has no id, chainId or nftAddress: not valid.
    console.error(`ocean-node: not a DDO: ${error.message}`);
  }
  if (!valid) {
    throw new Refusal(400, `Validation error: ${{}}`);
  }
  const checked = sha256(JSON.stringify(ddo));
  // What is asked about is about to be published: the index need not check again.
  keys.setKnownValid(checked);
  const hash = `0x${checked}`;
  const signed = Signature.from(
    await keys.wallet.signMessage(getBytes(keccak256(toUtf8Bytes(hash))))
  );
  return {
    hash,
    publicKey: keys.address,
    r: signed.r,
    s: signed.s,
    v: signed.v
  };
}

function parseMetadataLog(log) {
  // An anonymous log has no topic to parse by.
  const event = log?.topics.length ? nftEvents.parseLog(log) : undefined;
  return event && METADATA_EVENTS.includes(event.name) ? event : undefined;
}

/**
 * The record in a metadata event.
 *
 * An encrypted one is read from the *first* log of its transaction, whatever
 * the event was: that is where a real node looks, so batches fail there too.
 *
 * @throws Error in the words of a real node
 */
export async function readMetadata({ keys, chain, log }) {
  const own = parseMetadataLog(log).args;
  if ((parseInt(own.flags, 16) & ENCRYPTED) === 0) {
    const text = toUtf8String(own.data);
    if (`0x${sha256(text)}` !== own.metaDataHash) {
      throw new Error('Unencrypted DDO hash does not match metadata hash.');
    }
    const ddo = JSON.parse(text);
    if (ddo.id !== didOf(log.address, chain.chainId)) {
      throw new Error('Decrypted DDO ID does not match generated DID.');
    }
    return ddo;
  }

  const receipt = await chain.receipt(log.transactionHash);
  const first = parseMetadataLog(receipt?.logs[0]);
  if (!first) {
    throw new Error('Decrypt DDO: Failed to process transaction id');
  }
  const { flags, data, metaDataHash } = first.args;
  if (parseInt(flags, 16) & COMPRESSED) {
    // Nothing here writes compressed records; lib does not either.
    throw new Error('Decrypt DDO: Failed to lzma decompress');
  }
  let text;
  try {
    text = keys.decryptEcies(getBytes(data)).toString();
  } catch (error) {
    throw new Error('Decrypt DDO: Failed to decrypt', { cause: error });
  }
  const ddo = JSON.parse(text);
  if (ddo.id !== didOf(log.address, chain.chainId)) {
    throw new Error('Decrypt DDO: did does not match');
  }
  if (`0x${sha256(text)}` !== metaDataHash) {
    throw new Error('Decrypt DDO: checksum does not match');
  }
  if (ddo.chainId !== undefined && ddo.chainId !== chain.chainId) {
    throw new Error('Decrypt DDO: Unsupported chain id');
  }
  return ddo;
}

/** `{nftAddress, datatokenAddress, files}` of a service; throws if not ours. */
export function readFiles(keys, service) {
  const hex = String(service.files).replace(/^0x/, '');
  return JSON.parse(keys.decryptEcies(Buffer.from(hex, 'hex')).toString());
}
