/**
 * Sign-in with Ethereum (EIP-4361). With the server part, the server issues a
 * single-use nonce with the message and checks the signature; without it (as in
 * JupyterLite), this page does both and can convince nobody but itself.
 *
 * It is the person's identity inside Lab, never Jupyter authentication.
 */
import type { IEip1193Provider, IWalletSession, IWeb3Server } from '../tokens';
import { SignInError, toWalletError } from './errors';

const HOUR = 3600_000;

type SessionServer = Pick<IWeb3Server, 'fetch'>;

/** What an EIP-4361 message says. */
export interface ISiweFields {
  /** RFC 3986 authority (`host[:port]`). */
  domain: string;
  /** Checksum address. */
  address: string;
  statement: string;
  uri: string;
  chainId: number;
  /** At least 8 alphanumeric characters. */
  nonce: string;
  issuedAt: string;
  expirationTime: string;
}

/** The text that is signed (EIP-4361, "Message Format"). */
export function siweMessage(fields: ISiweFields): string {
  return [
    `${fields.domain} wants you to sign in with your Ethereum account:`,
    fields.address,
    '',
    fields.statement,
    '',
    `URI: ${fields.uri}`,
    'Version: 1',
    `Chain ID: ${fields.chainId}`,
    `Nonce: ${fields.nonce}`,
    `Issued At: ${fields.issuedAt}`,
    `Expiration Time: ${fields.expirationTime}`
  ].join('\n');
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
}

/** `personal_sign` of a text by `address`. Throws typed wallet errors. */
async function personalSign(
  provider: IEip1193Provider,
  message: string,
  address: string
): Promise<string> {
  let signature: unknown;
  try {
    signature = await provider.request({
      method: 'personal_sign',
      params: [`0x${toHex(new TextEncoder().encode(message))}`, address]
    });
  } catch (reason) {
    throw toWalletError(reason);
  }
  if (typeof signature !== 'string' || !/^0x[0-9a-f]+$/i.test(signature)) {
    throw new SignInError(
      'The wallet answered with something else than a signature'
    );
  }
  return signature;
}

async function post(
  server: SessionServer,
  path: string,
  body: object
): Promise<Record<string, unknown>> {
  const response = await server.fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body)
  });
  const text = await response.text();
  let answer: Record<string, unknown>;
  try {
    answer = JSON.parse(text) as Record<string, unknown>;
  } catch (reason) {
    throw new SignInError(`The server answered HTTP ${response.status}`, {
      cause: reason
    });
  }
  if (!response.ok) {
    const message = answer.message ?? answer.reason;
    throw new SignInError(
      typeof message === 'string' ? message : `HTTP ${response.status}`
    );
  }
  return answer;
}

function readSession(answer: unknown): IWalletSession | null {
  if (typeof answer !== 'object' || answer === null) {
    return null;
  }
  const { address, chainId, expires } = answer as Record<string, unknown>;
  return typeof address === 'string' &&
    typeof chainId === 'number' &&
    typeof expires === 'string' &&
    Date.parse(expires) > Date.now()
    ? { address, chainId, expires, verifiedBy: 'server' }
    : null;
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/**
 * Sign in at the server part.
 *
 * @param address - checksum address
 * @throws WalletRejectedError when refused, SignInError when not accepted
 */
export async function signInAtServer(
  provider: IEip1193Provider,
  server: SessionServer,
  address: string,
  chainId: number
): Promise<IWalletSession> {
  const { message, nonce } = await post(server, 'siwe/message', {
    address,
    chainId
  });
  if (typeof message !== 'string' || typeof nonce !== 'string') {
    throw new SignInError('The server gave no message to sign');
  }
  const signature = await personalSign(provider, message, address);
  const session = readSession(
    await post(server, 'siwe/verify', { nonce, message, signature })
  );
  if (!session || !same(session.address, address)) {
    throw new SignInError('The server did not confirm the sign-in');
  }
  return session;
}

/**
 * Sign in before this page alone: it makes the message and checks the
 * signature. Valid for 24 hours or until the page is closed.
 */
export async function signInInBrowser(
  provider: IEip1193Provider,
  address: string,
  chainId: number,
  location: Pick<Location, 'host' | 'origin'> = window.location
): Promise<IWalletSession> {
  const now = Date.now();
  const expires = new Date(now + 24 * HOUR).toISOString();
  const message = siweMessage({
    domain: location.host,
    address,
    statement:
      'Sign in to jupyterlab-web3. This costs nothing and moves nothing.',
    uri: location.origin,
    chainId,
    nonce: toHex(crypto.getRandomValues(new Uint8Array(16))),
    issuedAt: new Date(now).toISOString(),
    expirationTime: expires
  });
  const signature = await personalSign(provider, message, address);
  const { verifyMessage } = await import('ethers/hash');
  let signer: string;
  try {
    signer = verifyMessage(message, signature);
  } catch (reason) {
    throw new SignInError('The signature is malformed', { cause: reason });
  }
  if (!same(signer, address)) {
    throw new SignInError('The signature is of another account');
  }
  return { address, chainId, expires, verifiedBy: 'browser' };
}

/** The session that the server still has, or null. */
export async function serverSession(
  server: SessionServer
): Promise<IWalletSession | null> {
  const response = await server.fetch('siwe/session');
  if (!response.ok || response.status === 204) {
    return null;
  }
  return readSession(await response.json());
}

/** Make the server forget the session. */
export async function endServerSession(server: SessionServer): Promise<void> {
  const response = await server.fetch('siwe/session', { method: 'DELETE' });
  if (!response.ok && response.status !== 404) {
    throw new SignInError(`Signing out failed (HTTP ${response.status})`);
  }
}
