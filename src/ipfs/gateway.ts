/**
 * Blocks from trustless gateways
 * (https://specs.ipfs.tech/http-gateways/trustless-gateway/). Nothing that a
 * gateway sends is believed: each block is checked against its CID.
 */
import type { CID } from 'multiformats/cid';

import { blockMatches, MAX_BLOCK } from './block';
import {
  IpfsCancelledError,
  IpfsError,
  isCancelled,
  throwIfCancelled
} from './errors';
import { GatewayCar } from './gatewayCar';
import {
  GatewayFaultError,
  type IGatewayFault,
  openStream
} from './gatewayFetch';
import { askRouters, isRouter } from './routing';
import { RAW } from './unixfs';
import type { IBlockSource } from './unixfsWalk';

export { GatewayFaultError, type IGatewayFault } from './gatewayFetch';

/** No gateway gave what was asked for; `faults` tells why of each. */
export class GatewaysFailedError extends IpfsError {
  constructor(
    readonly cid: string,
    readonly faults: readonly IGatewayFault[]
  ) {
    super(
      faults.some(({ kind }) => LIES.has(kind)) ? 'incomplete' : 'not-found',
      `No gateway gave ${cid}: ${
        faults
          .map(fault => `${hostOf(fault.gateway)}: ${fault.detail}`)
          .join('; ') || 'none is configured or found'
      }`
    );
    this.name = 'GatewaysFailedError';
  }
}

/** Faults of a gateway that sent something, and not what its name says. */
export const LIES: ReadonlySet<IGatewayFault['kind']> = new Set([
  'other-bytes',
  'other-content',
  'cut-off',
  'not-a-block',
  'too-large'
] as const);

export interface IGatewayOptions {
  /** Milliseconds without a byte after which a gateway is given up (10 000). */
  timeout?: number;
  /** Milliseconds after which the next gateway is asked as well (1 500). */
  headStart?: number;
  /** Told of each fault when it is found. */
  onFault?: (fault: IGatewayFault) => void;
}

/** Multihash code of `identity`: such a CID holds its bytes. */
const IDENTITY = 0x00;
/** Requests under way at a time when blocks are asked for one by one. */
const AHEAD = 6;

/**
 * One reading through several gateways. A gateway that lies or breaks is left
 * out for the rest of it; one that doesn't have a block may have the next.
 */
export class GatewayReader implements IBlockSource {
  /**
   * @param gateways - base URLs; first ones are asked first. Routers among them
   *   (`…/routing/v1`) are asked for gateways when no other one gave it
   */
  constructor(
    gateways: readonly string[],
    private _options: IGatewayOptions = {}
  ) {
    const all = gateways.map(gateway => gateway.replace(/\/+$/, ''));
    this._live = all.filter(gateway => !isRouter(gateway));
    this._routers = all.filter(isRouter);
  }

  /** What was wrong, in the order in which it was found. */
  readonly faults: IGatewayFault[] = [];
  /** Gateways whose blocks were taken. */
  readonly used = new Set<string>();

  get ahead(): number {
    return this._car ? 1 : AHEAD;
  }

  /**
   * Have all of a DAG (or a range of a file) streamed as one archive from the
   * first gateway that does so; `get` then takes blocks from it as long as
   * they are what was asked for.
   */
  async stream(
    root: CID,
    options: {
      offset?: number;
      length?: number;
      /** Each block is asked for once, however often it occurs. */
      once?: boolean;
      signal?: AbortSignal;
    } = {}
  ): Promise<void> {
    await this.close();
    if (root.code === RAW) {
      // One block: nothing to stream.
      return;
    }
    // Who gives the root first is the one to stream from.
    const { gateway } = await this.first(root, options.signal);
    try {
      this._car = await GatewayCar.open(gateway, root, {
        ...options,
        timeout: this.timeout
      });
    } catch (error) {
      // One that streams no archives is no liar: its blocks come one by one.
      throwIfCancelled(options.signal);
      if (!(error instanceof GatewayFaultError)) {
        throw error;
      }
      if (error.fault.kind !== 'refused') {
        this._blame(error.fault);
      }
    }
  }

  async get(
    cid: CID,
    options: { signal?: AbortSignal } = {}
  ): Promise<Uint8Array<ArrayBuffer>> {
    throwIfCancelled(options.signal);
    if (cid.multihash.code === IDENTITY) {
      return Uint8Array.from(cid.multihash.digest);
    }
    const car = this._car;
    if (car) {
      try {
        const bytes = await car.get(cid, options.signal);
        this.used.add(car.gateway);
        return bytes;
      } catch (error) {
        throwIfCancelled(options.signal);
        if (!(error instanceof GatewayFaultError)) {
          throw error;
        }
        if (error.fault.kind !== 'refused') {
          this._blame(error.fault);
        }
        await this.close();
      }
    }
    return (await this._race(cid, options.signal)).bytes;
  }

  /** A root, and who gave it first: the one to read the rest from. */
  async first(
    root: CID,
    signal?: AbortSignal
  ): Promise<{ gateway: string; bytes: Uint8Array<ArrayBuffer> }> {
    const known = this._first;
    if (known?.root.equals(root) && this._live.includes(known.gateway)) {
      return known;
    }
    const found = await this._race(root, signal);
    this._first = { root, ...found };
    return found;
  }

  /** Stop a stream that is open. */
  async close(): Promise<void> {
    const car = this._car;
    this._car = null;
    await car?.close();
  }

  /** The first right answer; the next gateway starts when one fails or dawdles. */
  private _race(
    cid: CID,
    signal?: AbortSignal
  ): Promise<{ gateway: string; bytes: Uint8Array<ArrayBuffer> }> {
    const runners = [...this._live];
    const stop = new AbortController();
    const all = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
    const { headStart = 1500 } = this._options;
    const missing: IGatewayFault[] = [];
    const running = new Map<string, number>();
    const tried = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    return new Promise<{ gateway: string; bytes: Uint8Array<ArrayBuffer> }>(
      (resolve, reject) => {
        const startNext = (): void => {
          clearTimeout(timer);
          const gateway = runners.shift();
          if (gateway === undefined) {
            if (!running.size) {
              this._routing ??= this._findMore(cid, signal);
              this._routing.then(() => {
                runners.push(...this._live.filter(one => !tried.has(one)));
                if (runners.length) {
                  startNext();
                  return;
                }
                reject(
                  new GatewaysFailedError(cid.toString(), [
                    ...this.faults,
                    ...missing
                  ])
                );
              }, reject);
            }
            return;
          }
          running.set(gateway, Date.now());
          tried.add(gateway);
          if (runners.length) {
            timer = setTimeout(startNext, headStart);
          }
          this._block(gateway, cid, all).then(
            bytes => {
              running.delete(gateway);
              resolve({ gateway, bytes });
            },
            (error: unknown) => {
              running.delete(gateway);
              if (stop.signal.aborted) {
                // Somebody else was first.
                return;
              }
              if (isCancelled(error) || signal?.aborted) {
                reject(new IpfsCancelledError({ cause: error }));
                return;
              }
              if (!(error instanceof GatewayFaultError)) {
                reject(error);
                return;
              }
              if (error.fault.kind === 'missing') {
                missing.push(error.fault);
              } else {
                this._blame(error.fault);
              }
              startNext();
            }
          );
        };
        startNext();
      }
    )
      .then(found => {
        this._won(found.gateway, running, headStart, cid);
        return found;
      })
      .finally(() => {
        clearTimeout(timer);
        stop.abort();
      });
  }

  /**
   * Add gateways that routers name. They are asked once in a reading, for what
   * is read first: they know roots, seldom more.
   */
  private async _findMore(cid: CID, signal?: AbortSignal): Promise<void> {
    const { timeout } = this;
    const found = await askRouters(this._routers, cid, {
      timeout,
      signal,
      onFault: fault => this.note(fault)
    });
    const faulty = new Set(this.faults.map(({ gateway }) => gateway));
    const fresh = found.filter(
      url => !faulty.has(url) && !this._live.includes(url)
    );
    this._live.push(...fresh);
  }

  /** The winner is asked first from now on; who let others pass, last. */
  private _won(
    gateway: string,
    running: ReadonlyMap<string, number>,
    headStart: number,
    cid: CID
  ): void {
    this.used.add(gateway);
    const late = [...running].filter(
      ([, since]) => Date.now() - since >= headStart
    );
    for (const [slow, since] of late) {
      this.note({
        gateway: slow,
        kind: 'slow',
        cid: cid.toString(),
        detail: `no answer in ${seconds(Date.now() - since)}; another was faster`
      });
    }
    const last = new Set(late.map(([slow]) => slow));
    this._live.sort(
      (a, b) =>
        Number(b === gateway) - Number(a === gateway) ||
        Number(last.has(a)) - Number(last.has(b))
    );
  }

  private async _block(
    gateway: string,
    cid: CID,
    signal: AbortSignal
  ): Promise<Uint8Array<ArrayBuffer>> {
    const fault = (
      kind: IGatewayFault['kind'],
      detail: string
    ): GatewayFaultError =>
      new GatewayFaultError({ gateway, kind, cid: cid.toString(), detail });
    const { body } = await openStream(
      gateway,
      cid.toString(),
      { query: 'format=raw', accept: 'application/vnd.ipld.raw' },
      { timeout: this.timeout, signal }
    );
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of body) {
      parts.push(part);
      size += part.length;
      if (size > MAX_BLOCK) {
        throw fault(
          'too-large',
          `sent more than ${MAX_BLOCK} bytes for a block`
        );
      }
    }
    const bytes = joined(parts, size);
    if (!(await blockMatches(cid, bytes))) {
      throw fault('other-bytes', 'sent other bytes than those of the CID');
    }
    return bytes;
  }

  /** Name it, and ask it no more. */
  private _blame(fault: IGatewayFault): void {
    this._live = this._live.filter(gateway => gateway !== fault.gateway);
    this.note(fault);
  }

  /** Name what a gateway did wrong, once. */
  note(fault: IGatewayFault): void {
    const known = this.faults.some(
      one => one.gateway === fault.gateway && one.kind === fault.kind
    );
    if (!known) {
      this.faults.push(fault);
      this._options.onFault?.(fault);
    }
  }

  get timeout(): number {
    return this._options.timeout ?? 10_000;
  }

  private _live: string[];
  private _routers: string[];
  private _routing: Promise<void> | null = null;
  private _car: GatewayCar | null = null;
  private _first: {
    root: CID;
    gateway: string;
    bytes: Uint8Array<ArrayBuffer>;
  } | null = null;
}

/** Host of a gateway's URL, to name it by. */
export function hostOf(gateway: string): string {
  // A setting that is no URL is named as it is.
  return URL.canParse(gateway) ? new URL(gateway).host : gateway;
}

function joined(
  parts: readonly Uint8Array[],
  size: number
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
