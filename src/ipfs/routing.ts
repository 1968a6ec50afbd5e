/**
 * Who provides a content, asked of a delegated router
 * (https://specs.ipfs.tech/routing/http-routing-v1/). Only providers that serve
 * it as trustless gateways are of use: the page speaks HTTP.
 */
import type { CID } from 'multiformats/cid';

import { IpfsError, throwIfCancelled } from './errors';
import type { IGatewayFault } from './gatewayFetch';

/** What the address of a router ends with, in a list with gateways. */
const ROUTING = '/routing/v1';
/** https://specs.ipfs.tech/routing/http-routing-v1/#known-transfer-protocols */
const GATEWAY_PROTOCOL = 'transport-ipfs-gateway-http';
/**
 * Of whom a router is asked (IPIP-484): also those of whom it knows no protocol,
 * which is all that a router over the DHT, such as Kubo's, ever knows. An address
 * of HTTP then says it.
 */
const FILTER = `filter-protocols=unknown,${GATEWAY_PROTOCOL}&filter-addrs=http,https`;
/** Gateways that are taken from one answer. */
const MOST_FOUND = 6;
/** An answer with more characters is none that anybody reads. */
const LONGEST = 1024 * 1024;

/** Whether an entry of a list of gateways names a router. */
export function isRouter(url: string): boolean {
  return url.replace(/\/+$/, '').endsWith(ROUTING);
}

/**
 * Base URLs of gateways that a router names for a content, best first.
 *
 * @param router - its address, with `/routing/v1`
 * @param options.timeout - milliseconds
 * @throws IpfsError `failed` when it gives no answer that can be used
 */
export async function findGateways(
  router: string,
  cid: CID,
  options: { timeout: number; signal?: AbortSignal }
): Promise<string[]> {
  const { timeout, signal } = options;
  const url = `${router.replace(/\/+$/, '')}/providers/${cid.toString()}`;
  const late = AbortSignal.timeout(timeout);
  let text: string;
  try {
    const response = await fetch(`${url}?${FILTER}`, {
      headers: { Accept: 'application/json' },
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      signal: signal ? AbortSignal.any([signal, late]) : late
    });
    if (response.status === 404) {
      // Nobody that it knows of.
      await response.body?.cancel();
      return [];
    }
    if (!response.ok) {
      await response.body?.cancel();
      throw new IpfsError('failed', `${router}: status ${response.status}`);
    }
    text = await response.text();
  } catch (error) {
    throwIfCancelled(signal);
    throw error instanceof IpfsError
      ? error
      : new IpfsError('failed', `${router}: ${String(error)}`, {
          cause: error
        });
  }
  return gatewaysOf(router, text);
}

/**
 * What all of several routers name, once each. A router that fails names
 * nobody, and is named itself.
 *
 * @throws IpfsCancelledError
 */
export async function askRouters(
  routers: readonly string[],
  cid: CID,
  options: {
    timeout: number;
    signal?: AbortSignal;
    onFault: (fault: IGatewayFault) => void;
  }
): Promise<string[]> {
  const answers = await Promise.all(
    routers.map(async router => {
      try {
        return await findGateways(router, cid, options);
      } catch (error) {
        throwIfCancelled(options.signal);
        options.onFault({
          gateway: router,
          kind: 'unreachable',
          cid: cid.toString(),
          detail: error instanceof Error ? error.message : String(error)
        });
        return [];
      }
    })
  );
  return [...new Set(answers.flat())];
}

interface IProvider {
  Protocols?: unknown;
  Addrs?: unknown;
}

function gatewaysOf(router: string, text: string): string[] {
  let providers: unknown;
  try {
    providers =
      text.length > LONGEST
        ? null
        : (JSON.parse(text) as { Providers?: unknown } | null)?.Providers;
  } catch (cause) {
    throw new IpfsError('failed', `${router}: no JSON`, { cause });
  }
  if (!Array.isArray(providers)) {
    throw new IpfsError('failed', `${router}: no list of providers`);
  }
  const sure = new Set<string>();
  const perhaps = new Set<string>();
  for (const { Protocols, Addrs } of providers as IProvider[]) {
    const known: unknown[] = Array.isArray(Protocols) ? Protocols : [];
    // Filtering is optional for routers.
    if (known.length && !known.includes(GATEWAY_PROTOCOL)) {
      continue;
    }
    for (const address of Array.isArray(Addrs) ? Addrs : []) {
      const url = urlOf(String(address), router);
      if (url) {
        (known.length ? sure : perhaps).add(url);
      }
    }
  }
  return [...new Set([...sure, ...perhaps])].slice(0, MOST_FOUND);
}

const HTTP_ADDRESS =
  /^\/(dns|dns4|dns6|ip4)\/([a-z0-9.-]+)\/tcp\/(\d+)\/(https|http|tls\/http|tls\/sni\/[a-z0-9.-]+\/http)$/i;

/**
 * The URL that a multiaddress means, where a page may ask it. A router is not
 * believed: it shall not have the page ask machines of the person's own network.
 */
function urlOf(address: string, router: string): string | null {
  const match = HTTP_ADDRESS.exec(address);
  if (!match) {
    return null;
  }
  const [, kind, host, port, end] = match;
  const secure = end.toLowerCase() !== 'http';
  const isPublic = kind !== 'ip4' && secure && host.includes('.');
  if (!isPublic && !isOwn(new URL(router).hostname)) {
    return null;
  }
  const url = `${secure ? 'https' : 'http'}://${host}:${port}`;
  return URL.canParse(url) ? new URL(url).origin : null;
}

/** This machine, which may name whom it likes. */
function isOwn(host: string): boolean {
  return /^(localhost|127\..*|\[::1\])$/.test(host);
}
