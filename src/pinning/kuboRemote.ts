/**
 * The pinning services that a Kubo node knows itself (`ipfs pin remote`). Their
 * keys are in the node's configuration and never pass through the page.
 */
import type {
  IPinProvider,
  IPinQuote,
  IPinReport,
  IPinRequest,
  PinState
} from '../tokens';
import { PinningError } from './errors';
import { isNear, unreached } from './transport';

/** Ask an RPC verb of the node, e.g. through `web3/ipfs/<verb>`. */
export type KuboAsk = (
  verb: string,
  o?: { signal?: AbortSignal }
) => Promise<Response>;

const ALL = ['queued', 'pinning', 'pinned', 'failed'];

/** The JSON objects of an answer, one a line. */
async function ask(
  rpc: KuboAsk,
  verb: string,
  query: [string, string][],
  signal?: AbortSignal
): Promise<Record<string, unknown>[]> {
  const text = new URLSearchParams(query).toString();
  const response = await rpc(text ? `${verb}?${text}` : verb, {
    signal
  }).catch(error => {
    throw unreached(error);
  });
  const body = await response.text();
  if (!response.ok) {
    throw failure(body, response.status);
  }
  return body
    .split('\n')
    .filter(line => line.trim())
    .map(line => JSON.parse(line) as Record<string, unknown>);
}

/** Kubo has words only. */
function failure(body: string, status: number): PinningError {
  let message = body;
  let relayCode: unknown = null;
  try {
    const said = JSON.parse(body) as Record<string, unknown>;
    message = String(said.Message ?? said.message ?? body);
    relayCode = said.code;
  } catch {
    // Not JSON: its text says as much.
  }
  const code = /\b(401|403)\b|unauthorized|forbidden|insufficient/i.test(
    message
  )
    ? 'key-refused'
    : /\b429\b|too many/i.test(message)
      ? 'busy'
      : /service not known|no such service/i.test(message)
        ? 'no-provider'
        : /dial |refused|timeout|EOF|\b5\d\d\b/i.test(message) ||
            relayCode === 'upstream-unreachable' ||
            status === 504
          ? 'unreachable'
          : 'refused';
  return new PinningError(code, message.slice(0, 500));
}

/**
 * The services that a node knows; none where the node is not one that tells.
 *
 * @throws PinningError `unreachable`
 */
export async function kuboRemotes(
  rpc: KuboAsk,
  o: { signal?: AbortSignal } = {}
): Promise<KuboRemoteProvider[]> {
  const [answer] = await ask(rpc, 'pin/remote/service/ls', [], o.signal);
  const services = (answer?.RemoteServices ?? []) as {
    Service: string;
    ApiEndpoint: string;
  }[];
  return services.map(
    ({ Service, ApiEndpoint }) =>
      new KuboRemoteProvider(rpc, Service, ApiEndpoint)
  );
}

export class KuboRemoteProvider implements IPinProvider {
  constructor(
    private _rpc: KuboAsk,
    private _service: string,
    readonly endpoint: string
  ) {
    this.id = `kubo:${_service}`;
    this.label = _service;
  }

  readonly id: string;
  readonly label: string;
  readonly kind = 'kubo-remote' as const;
  readonly takes = 'fetch' as const;

  get isNear(): boolean {
    return isNear(this.endpoint);
  }

  async quote(): Promise<IPinQuote | null> {
    return null;
  }

  async pin(
    { cid, name }: IPinRequest,
    o: { signal?: AbortSignal } = {}
  ): Promise<IPinReport> {
    const known = await this.status({ cid }, o);
    if (known && known.state !== 'failed') {
      return known;
    }
    o.signal?.throwIfAborted();
    // Not broken off: without its answer nobody would know of the pin.
    const [made] = await this._ask('pin/remote/add', [
      ['arg', cid],
      // Without, the node would wait here until the service has all of it.
      ['background', 'true'],
      ...(name ? [['name', name] as [string, string]] : [])
    ]);
    return { state: stateOf(made), requestId: cid };
  }

  async status(
    { cid }: { cid: string },
    o: { signal?: AbortSignal } = {}
  ): Promise<IPinReport | null> {
    const found = await this._ask(
      'pin/remote/ls',
      [['cid', cid], ...this._states()],
      o.signal
    );
    const states = found.map(stateOf);
    const state = (['pinned', 'pinning', 'queued', 'failed'] as const).find(
      one => states.includes(one)
    );
    return state ? { state, requestId: cid } : null;
  }

  async unpin({ cid }: { cid: string }): Promise<void> {
    await this._ask('pin/remote/rm', [
      ['cid', cid],
      // One CID may have several requests.
      ['force', 'true'],
      ...this._states()
    ]);
  }

  private _states(): [string, string][] {
    return ALL.map(state => ['status', state]);
  }

  private _ask(
    verb: string,
    query: [string, string][],
    signal?: AbortSignal
  ): Promise<Record<string, unknown>[]> {
    return ask(this._rpc, verb, [['service', this._service], ...query], signal);
  }
}

function stateOf(answer: Record<string, unknown> | undefined): PinState {
  const state = answer?.Status;
  if (typeof state !== 'string' || !ALL.includes(state)) {
    throw new PinningError(
      'not-a-service',
      'The node told no state of the pin'
    );
  }
  return state as PinState;
}
