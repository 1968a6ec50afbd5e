/**
 * The forms in which people pass on what is on IPFS.
 */
import { base36 } from 'multiformats/bases/base36';
import { CID } from 'multiformats/cid';

import { IpfsError } from './errors';

const LIBP2P_KEY = 0x72;

export interface IAddress {
  /** `/ipfs/<cid>/…` or `/ipns/<name>/…`, not encoded. */
  path: string;
  /** A file name that goes with it, where there is one. */
  name: string | null;
}

/**
 * Understand a CID, `/ipfs/…`, `/ipns/…`, `ipfs://…`, `ipns://…`, or the URL of a
 * gateway, by path or by subdomain
 * (https://specs.ipfs.tech/http-gateways/subdomain-gateway/).
 *
 * @throws IpfsError `bad-name` where it is none of these
 */
export function parseAddress(text: string): IAddress {
  const trimmed = text.trim();
  const scheme = /^(ipfs|ipns):\/\/(.*)$/i.exec(trimmed);
  if (scheme) {
    const [path] = scheme[2].split(/[?#]/);
    const [, query = ''] = scheme[2].split('?');
    return address(
      scheme[1].toLowerCase(),
      path.split('/').map(decoded),
      query,
      text
    );
  }
  if (/^https?:\/\//i.test(trimmed)) {
    return gatewayAddress(trimmed);
  }
  const parts = trimmed.replace(/^\/+/, '').split('/');
  return /^(ipfs|ipns)$/.test(parts[0])
    ? address(parts[0], parts.slice(1), '', text)
    : address('ipfs', parts, '', text);
}

function gatewayAddress(text: string): IAddress {
  if (!URL.canParse(text)) {
    throw unknown(text);
  }
  const url = new URL(text);
  const segments = url.pathname.split('/').slice(1).map(decoded);
  if (/^(ipfs|ipns)$/.test(segments[0])) {
    return address(segments[0], segments.slice(1), url.search, text);
  }
  const host = /^([^.]+)\.(ipfs|ipns)\./.exec(url.hostname);
  if (!host) {
    throw unknown(text);
  }
  const [, label, kind] = host;
  return address(kind, [label, ...segments], url.search, text, true);
}

function address(
  kind: string,
  parts: string[],
  query: string,
  text: string,
  subdomain = false
): IAddress {
  const [root, ...rest] = parts;
  const names = rest.filter(name => name !== '' && name !== '.');
  if (!root || names.includes('..') || names.some(name => /[/\0]/.test(name))) {
    throw unknown(text);
  }
  const name =
    new URLSearchParams(query.split('#')[0]).get('filename') ||
    names[names.length - 1] ||
    null;
  const tail = names.map(one => `/${one}`).join('');
  const cid = cidOf(root);
  if (cid && cid.code === LIBP2P_KEY) {
    return { path: `/ipns/${cid.toString(base36)}${tail}`, name };
  }
  if (kind === 'ipfs') {
    if (!cid) {
      throw unknown(text);
    }
    return { path: `/ipfs/${cid.toV1().toString()}${tail}`, name };
  }
  // A DNSLink name; in a subdomain its dots are written as dashes.
  const domain =
    subdomain && !root.includes('.')
      ? root.replace(/--|-/g, dash => (dash === '--' ? '-' : '.'))
      : root;
  if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(domain)) {
    throw unknown(text);
  }
  return { path: `/ipns/${domain}${tail}`, name };
}

/** A CID in base58, base32 or base36; null for another text. */
function cidOf(text: string): CID | null {
  try {
    return /^k/i.test(text)
      ? CID.parse(text.toLowerCase(), base36)
      : CID.parse(/^b/i.test(text) ? text.toLowerCase() : text);
  } catch (error) {
    // parse() says "no" by throwing.
    if (error instanceof Error) {
      return null;
    }
    throw error;
  }
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) {
      return segment;
    }
    throw error;
  }
}

function unknown(text: string): IpfsError {
  return new IpfsError(
    'bad-name',
    `"${text.trim().slice(0, 120)}" is neither a CID nor an address of IPFS`
  );
}
