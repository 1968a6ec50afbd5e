/**
 * A pinning service: a client of the IPFS Pinning Service API 1.0.0
 * (https://ipfs.github.io/pinning-services-api-spec/), and of ipfs-cluster's
 * `/add?format=car` where a service takes uploads.
 *
 * Own and thin: the generated client throws away reasons and Retry-After.
 */
import type {
  IPinProvider,
  IPinQuote,
  IPinReport,
  IPinRequest,
  PinState
} from '../tokens';
import { PinningError } from './errors';
import { isNear, type IServiceInfo, type IServiceTransport } from './transport';

/** CIDs that a listing may be asked for at once, by the specification. */
export const MOST_CIDS = 10;
/** Characters of a name, by the specification. */
const LONGEST_NAME = 255;
const STATES: PinState[] = ['pinned', 'pinning', 'queued', 'failed'];

/** `PinStatus` of the specification, as far as it is used. */
interface IPinStatus {
  requestid: string;
  status: PinState;
  pin: { cid: string };
  info?: Record<string, unknown>;
}

function isPinStatus(value: unknown): value is IPinStatus {
  const { requestid, status, pin } = (value ?? {}) as Record<string, unknown>;
  return (
    typeof requestid === 'string' &&
    STATES.includes(status as PinState) &&
    typeof pin === 'object' &&
    pin !== null &&
    'cid' in pin &&
    typeof pin.cid === 'string'
  );
}

/** @throws PinningError `not-a-service` */
function pinStatus(value: unknown): IPinStatus {
  if (!isPinStatus(value)) {
    throw new PinningError(
      'not-a-service',
      'The answer has not the form that the specification gives'
    );
  }
  return value;
}

function report({ requestid, status, info }: IPinStatus): IPinReport {
  // `status_details` is the specification's own example of `info`.
  const detail = info?.status_details;
  return {
    state: status,
    requestId: requestid,
    ...(typeof detail === 'string' ? { detail } : {})
  };
}

/** The one that says most for the person. */
function best(found: IPinStatus[]): IPinStatus | null {
  return (
    [...found].sort(
      (a, b) => STATES.indexOf(a.status) - STATES.indexOf(b.status)
    )[0] ?? null
  );
}

export interface IServiceOptions {
  transport: IServiceTransport;
  /** Addresses at which the content can be fetched, as multiaddresses. */
  origins?: () => Promise<string[]>;
}

export class ServiceProvider implements IPinProvider {
  constructor(
    readonly info: IServiceInfo,
    private _o: IServiceOptions
  ) {
    this.id = `service:${info.name}`;
    this.label = info.name;
    this.takes = info.upload ? 'upload' : 'fetch';
  }

  readonly id: string;
  readonly label: string;
  readonly kind = 'service' as const;
  readonly takes: 'upload' | 'fetch';

  get isNear(): boolean {
    return isNear(this.info.endpoint);
  }

  async quote(): Promise<IPinQuote | null> {
    return null;
  }

  async pin(
    request: IPinRequest,
    o: { signal?: AbortSignal; onProgress?: (bytes: number) => void } = {}
  ): Promise<IPinReport> {
    const { cid } = request;
    const before = await this._list([cid], o.signal);
    const known = best(before);
    if (known && known.status !== 'failed') {
      return report(known);
    }
    const made =
      this.takes === 'upload' && request.car
        ? await this._upload(request, o)
        : await this._post(request, o.signal);
    // Not by `POST /pins/{requestid}`: ipfs-cluster would unpin what it replaces,
    // which is the same CID.
    const old = before.filter(({ requestid }) => requestid !== made.requestId);
    await Promise.all(old.map(({ requestid }) => this._delete(requestid)));
    return made;
  }

  async status(
    pin: { cid: string },
    o: { signal?: AbortSignal } = {}
  ): Promise<IPinReport | null> {
    return (await this.statuses([pin.cid], o)).get(pin.cid) ?? null;
  }

  /** Of several, in as few questions as the specification allows. */
  async statuses(
    cids: string[],
    o: { signal?: AbortSignal } = {}
  ): Promise<Map<string, IPinReport>> {
    const answer = new Map<string, IPinReport>();
    for (let at = 0; at < cids.length; at += MOST_CIDS) {
      const some = cids.slice(at, at + MOST_CIDS);
      const found = await this._list(some, o.signal);
      for (const cid of some) {
        const one = best(
          // Asked for one, a service may name it in another base or version.
          some.length === 1 ? found : found.filter(({ pin }) => pin.cid === cid)
        );
        if (one) {
          answer.set(cid, report(one));
        }
      }
    }
    return answer;
  }

  async unpin(pin: { cid: string; requestId?: string }): Promise<void> {
    const found = await this._list([pin.cid]);
    const ids = new Set(found.map(({ requestid }) => requestid));
    if (pin.requestId) {
      ids.add(pin.requestId);
    }
    await Promise.all([...ids].map(id => this._delete(id)));
  }

  /**
   * Whether a pinning service answers there and takes the key.
   *
   * @throws PinningError
   */
  async test(o: { signal?: AbortSignal } = {}): Promise<void> {
    listing(
      await this._o.transport.ask('GET', 'pins?limit=1', { signal: o.signal })
    );
  }

  private async _list(
    cids: string[],
    signal?: AbortSignal
  ): Promise<IPinStatus[]> {
    // All states: without, a service lists only what is pinned.
    const query = new URLSearchParams({
      cid: cids.join(','),
      status: STATES.join(','),
      limit: String(10 * cids.length)
    });
    return listing(
      await this._o.transport.ask('GET', `pins?${query.toString()}`, { signal })
    );
  }

  private async _post(
    { cid, name }: IPinRequest,
    signal?: AbortSignal
  ): Promise<IPinReport> {
    const origins = (await this._o.origins?.()) ?? [];
    const body = {
      cid,
      ...(name ? { name: name.slice(0, LONGEST_NAME) } : {}),
      ...(origins.length ? { origins: origins.slice(0, 20) } : {})
    };
    signal?.throwIfAborted();
    try {
      // Not broken off: without its answer nobody would know of the pin.
      return report(
        pinStatus(await this._o.transport.ask('POST', 'pins', { body }))
      );
    } catch (error) {
      // Some take a second request for the same CID for a mistake.
      if (
        error instanceof PinningError &&
        error.code === 'refused' &&
        /duplicate/i.test(error.message)
      ) {
        const known = await this.status({ cid }, { signal });
        if (known) {
          return known;
        }
      }
      throw error;
    }
  }

  private async _upload(
    { cid, name, car }: IPinRequest,
    o: { signal?: AbortSignal; onProgress?: (bytes: number) => void }
  ): Promise<IPinReport> {
    const archive = await gather(car!(), o.signal);
    const answer = await this._o.transport.upload(
      archive,
      (name ?? '').slice(0, LONGEST_NAME),
      o
    );
    const added = (Array.isArray(answer) ? answer : [answer]).map(
      entry => (entry as { cid?: unknown } | null)?.cid
    );
    if (!added.includes(cid)) {
      throw new PinningError(
        'wrong-content',
        `Sent ${cid}, kept ${added.filter(Boolean).join(', ') || 'nothing'}`
      );
    }
    const known = await this.status({ cid }, o);
    return known ?? { state: 'queued', requestId: cid };
  }

  private async _delete(requestId: string): Promise<void> {
    // Null, for one that is not there, is as good.
    await this._o.transport.ask(
      'DELETE',
      `pins/${encodeURIComponent(requestId)}`
    );
  }
}

/** Bytes that are handed to the browser as one piece. */
const PIECE = 8 * 2 ** 20;

/** An archive as a Blob, which a browser keeps on disk when it is large. */
async function gather(
  car: AsyncIterable<Uint8Array>,
  signal?: AbortSignal
): Promise<Blob> {
  const pieces: Blob[] = [];
  let parts: BlobPart[] = [];
  let size = 0;
  for await (const part of car) {
    signal?.throwIfAborted();
    parts.push(part as Uint8Array<ArrayBuffer>);
    size += part.length;
    if (size >= PIECE) {
      pieces.push(new Blob(parts));
      parts = [];
      size = 0;
    }
  }
  return new Blob([...pieces, ...parts], { type: 'application/vnd.ipld.car' });
}

/** @throws PinningError `not-a-service` */
function listing(answer: unknown): IPinStatus[] {
  const { results } = (answer ?? {}) as { results?: unknown };
  if (!Array.isArray(results)) {
    throw new PinningError('not-a-service', 'The answer is no list of pins');
  }
  return results.map(pinStatus);
}
