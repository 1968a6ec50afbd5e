/**
 * What the node keeps between runs: its private key, the secret of its tokens,
 * the nonces that people have used, the tokens it handed out. Everything else
 * is read again from the chain.
 */
import { createCipheriv, randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync
} from 'node:fs';
import { join } from 'node:path';

import { decrypt, encrypt } from 'eciesjs';
import { SigningKey, Wallet, encodeBase58, getBytes, hexlify } from 'ethers';

/** libp2p's peer id of a secp256k1 key: identity multihash of its protobuf. */
const PEER_ID_PREFIX = [0x00, 0x25, 0x08, 0x02, 0x12, 0x21];

/** Write a file in one step: a crash leaves the old content or the new one. */
function writeAtomically(path, text) {
  const next = `${path}.next`;
  writeFileSync(next, text, { mode: 0o600 });
  renameSync(next, path);
}

function readJson(path, fallback) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : fallback;
}

/**
 * Open (or create) the state folder.
 *
 * @throws SyntaxError when a state file is not JSON: better than going on with
 * a new key, which would make everything encrypted so far unreadable.
 */
export function openKeys(folder) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const keyFile = join(folder, 'key.json');
  const nonceFile = join(folder, 'nonces.json');
  const tokenFile = join(folder, 'tokens.json');
  const validFile = join(folder, 'valid.json');

  let secrets = readJson(keyFile, undefined);
  if (!secrets) {
    secrets = {
      privateKey: hexlify(randomBytes(32)),
      jwtSecret: randomBytes(32).toString('hex')
    };
    writeAtomically(keyFile, JSON.stringify(secrets));
  }
  const nonces = new Map(Object.entries(readJson(nonceFile, {})));
  const tokens = new Map(Object.entries(readJson(tokenFile, {})));
  const valid = new Set(readJson(validFile, []));

  const wallet = new Wallet(secrets.privateKey);
  const publicKey = getBytes(
    SigningKey.computePublicKey(secrets.privateKey, true)
  );
  const privateKey = getBytes(secrets.privateKey);

  return {
    wallet,
    address: wallet.address,
    publicKey,
    nodeId: encodeBase58(Uint8Array.from([...PEER_ID_PREFIX, ...publicKey])),
    jwtSecret: secrets.jwtSecret,

    /** The last nonce that an address used; 0 when it never did. */
    nonce(address) {
      return nonces.get(address.toLowerCase()) ?? 0;
    },
    setNonce(address, nonce) {
      nonces.set(address.toLowerCase(), nonce);
      writeAtomically(nonceFile, JSON.stringify(Object.fromEntries(nonces)));
    },

    /** `{address, validUntil}` of a token that is known and not invalidated. */
    token(token) {
      return tokens.get(token);
    },
    setToken(token, entry) {
      if (entry) {
        tokens.set(token, entry);
      } else {
        tokens.delete(token);
      }
      writeAtomically(tokenFile, JSON.stringify(Object.fromEntries(tokens)));
    },

    isKnownValid: hash => valid.has(hash),
    setKnownValid(hash) {
      valid.add(hash);
      writeAtomically(validFile, JSON.stringify([...valid]));
    },

    encryptEcies(bytes) {
      return Buffer.from(encrypt(publicKey, bytes));
    },
    /** @throws Error when it was not encrypted for this node. */
    decryptEcies(bytes) {
      return Buffer.from(decrypt(privateKey, bytes));
    },
    encryptAes(bytes) {
      const cipher = createCipheriv(
        'aes-256-cbc',
        privateKey,
        publicKey.subarray(0, 16)
      );
      return Buffer.concat([cipher.update(bytes), cipher.final()]);
    }
  };
}
