/**
 * Who is asking: a signature over `address + nonce + command` with a nonce
 * that grows, or a token that this node handed out.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

import {
  getAddress,
  isAddress,
  keccak256,
  toBeArray,
  toUtf8Bytes,
  verifyMessage
} from 'ethers';

import { Refusal } from './refusal.mjs';

const NOTHING_GIVEN =
  'Invalid authentication, you need to provide either a token or an address, signature, message and nonce';

/** lib sends the word `undefined` when it has no token. */
function givenToken(authorization) {
  return authorization && authorization !== 'undefined'
    ? authorization
    : undefined;
}

function signedBy(address, message, signature) {
  const digest = keccak256(toUtf8Bytes(message));
  try {
    const wanted = getAddress(address);
    return (
      // As a number: a digest's leading zero bytes are not signed.
      verifyMessage(toBeArray(digest), signature) === wanted ||
      verifyMessage(digest, signature) === wanted
    );
  } catch (error) {
    // Malformed signature or address: nobody signed it.
    if (error.code === 'INVALID_ARGUMENT' || error.code === 'BUFFER_OVERRUN') {
      return false;
    }
    throw error;
  }
}

function sign(secret, text) {
  return createHmac('sha256', secret).update(text).digest();
}

/** JSON Web Token, HS256 (RFC 7519). */
function makeToken(secret, claims) {
  const part = value =>
    Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${sign(secret, text).toString('base64url')}`;
}

function tokenIsOurs(secret, token) {
  const dot = token.lastIndexOf('.');
  const given = Buffer.from(token.slice(dot + 1), 'base64url');
  const wanted = sign(secret, token.slice(0, dot));
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

export function createAuth(keys) {
  /** @throws Refusal 401; the nonce counts as used only when all is well. */
  function checkNonce(address, nonce, signature, command) {
    const number = parseInt(nonce, 10);
    if (!(number > keys.nonce(address))) {
      throw new Refusal(401, `nonce: ${number} is not a valid nonce`);
    }
    if (!signedBy(address, `${address}${number}${command}`, signature)) {
      throw new Refusal(401, 'consumer address and nonce signature mismatch');
    }
    keys.setNonce(address, number);
  }

  return {
    checkNonce,

    nonce(address) {
      return String(isAddress(address) ? keys.nonce(address) : 0);
    },

    /**
     * A signature wins over a token, as on a real node.
     *
     * @throws Refusal 401
     */
    check({ address, nonce, signature, authorization, command }) {
      if (signature && address && nonce) {
        checkNonce(address, nonce, signature, command);
        return;
      }
      const token = givenToken(authorization);
      if (!token) {
        throw new Refusal(401, NOTHING_GIVEN);
      }
      const entry = keys.token(token);
      const valid =
        entry &&
        tokenIsOurs(keys.jwtSecret, token) &&
        !(entry.validUntil && Date.now() > entry.validUntil) &&
        (!address || address.toLowerCase() === entry.address.toLowerCase());
      if (!valid) {
        throw new Refusal(401, 'Invalid token');
      }
    },

    /** @throws Refusal 401 */
    createToken({ address, nonce, signature, validUntil }) {
      checkNonce(address, nonce, signature, 'createAuthToken');
      const createdAt = Date.now();
      const token = makeToken(keys.jwtSecret, {
        address,
        nonce,
        createdAt,
        iat: Math.floor(createdAt / 1000)
      });
      keys.setToken(token, { address, validUntil: validUntil ?? null });
      return token;
    },

    /**
     * lib 8.6.2 signs this one without its command, so a real node refuses
     * lib's own call; so do we.
     *
     * @throws Refusal 400
     */
    invalidateToken({ address, nonce, signature, token }) {
      try {
        checkNonce(address, nonce, signature, 'invalidateAuthToken');
      } catch (error) {
        if (error instanceof Refusal) {
          throw new Refusal(400, 'Invalid signature');
        }
        throw error;
      }
      keys.setToken(token, undefined);
    }
  };
}
