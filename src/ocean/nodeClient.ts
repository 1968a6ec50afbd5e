/**
 * A thin client of an Ocean Node's HTTP API that hides no failure. lib's
 * Provider and Aquarius classes swallow errors and take any body for a
 * ciphertext; this one tells what happened, in the node's own words.
 */
import {
  readFileInfo,
  readInitialized,
  readQueryIndexes,
  readState
} from './answers';
import type {
  IFileInfo,
  IIndexState,
  IInitialized,
  INodeStatus
} from './answers';
import type { IDdo, IFilesObject, IStorageEntry } from './ddo';
import { OceanError } from './errors';
import { NodeHttp, post, query, type ICallOptions } from './nodeHttp';
import { NodeToken } from './nodeToken';
import { NodeSigner, type INodeSignerOptions } from './nodeSigner';
import { waitIndexed, type IWaitOptions } from './waitIndexed';

export type {
  IFileInfo,
  IIndexState,
  IInitialized,
  INodeStatus,
  IProviderFee
} from './answers';

export interface INodeOptions extends Omit<INodeSignerOptions, 'nonce'> {
  /** A nonce that was asked for moments ago, to be used once. */
  nonceAhead?: () => Promise<number> | null;
  /** `path` starts with `/`; through the server route where there is one. */
  fetch: (path: string, init?: RequestInit) => Promise<Response>;
}

export type { ICallOptions } from './nodeHttp';
export { nonceKey, pageNonces } from './nodeSigner';

export interface IQuery {
  /** Elasticsearch; without `bool` at its top a node ignores it. */
  query: object;
  /** Pages, counted from 1. */
  from?: number;
  size?: number;
  sort?: Record<string, 'asc' | 'desc'> | object[];
}

/** Where a node stops counting the bytes of a file. */
export const FILE_INFO_LIMIT = 10 * 1024 * 1024;

export class OceanNodeClient {
  constructor(private _options: INodeOptions) {
    this.url = _options.url.replace(/\/+$/, '');
    this._http = new NodeHttp({ url: this.url, fetch: _options.fetch });
    this._signer = new NodeSigner({
      ..._options,
      url: this.url,
      nonce: async address => {
        try {
          const ahead = await _options.nonceAhead?.();
          return ahead ?? (await this.nonce(address));
        } catch {
          // Asked again, so that the reason is told of this request.
          return this.nonce(address);
        }
      }
    });
  }

  /** Canonical base URL, as asset records name it. */
  readonly url: string;

  get address(): string | undefined {
    return this._options.address;
  }

  async status(o: ICallOptions = {}): Promise<INodeStatus> {
    const body = await this._http.json('/', {}, o);
    const { version, chainIds, providerAddress } = (body ?? {}) as Record<
      string,
      unknown
    >;
    if (typeof providerAddress !== 'string' || !Array.isArray(chainIds)) {
      throw this._http.bad('status');
    }
    return {
      version: String(version ?? ''),
      chainIds: chainIds.map(Number),
      providerAddress
    };
  }

  /** The last nonce that the node accepted from an address. */
  async nonce(address: string, o: ICallOptions = {}): Promise<number> {
    const body = await this._http.json(
      `/api/services/nonce?${query({ userAddress: address })}`,
      {},
      o
    );
    const { nonce } = (body ?? {}) as { nonce?: unknown };
    if (!/^[0-9]+$/.test(String(nonce))) {
      throw this._http.bad('nonce');
    }
    return Number(nonce);
  }

  /**
   * Have something encrypted for the node itself; one signature.
   * Resolves to 0x-hex. Throws `bad-ciphertext`, `node-refused`,
   * `nonce-jump`, `node-not-trusted`, and what the wallet throws.
   */
  async encrypt(
    data: IFilesObject | IDdo,
    chainId: number,
    o: ICallOptions = {}
  ): Promise<string> {
    const response = await this._signer.signed('encrypt', proof =>
      this._http.send(
        `/api/services/encrypt?${query({
          chainId,
          nonce: proof.nonce,
          consumerAddress: proof.address,
          signature: proof.signature
        })}`,
        {
          method: 'POST',
          headers: { 'Content-Type': 'application/octet-stream' },
          body: JSON.stringify(data)
        },
        o
      )
    );
    const text = (await response.text()).trim();
    if (response.status !== 200 || !/^0x(?:[0-9a-f]{2})+$/.test(text)) {
      throw new OceanError(
        'bad-ciphertext',
        'The node answered with something that is no ciphertext',
        { url: this.url, status: response.status, words: text.slice(0, 100) }
      );
    }
    return text;
  }

  /** No signature. Throws `ddo-invalid` with the node's words. */
  async validate(ddo: IDdo, o: ICallOptions = {}): Promise<void> {
    try {
      const body = await this._http.json(
        '/api/aquarius/assets/ddo/validate',
        post({ ddo }),
        o
      );
      if (typeof (body as { hash?: unknown } | null)?.hash !== 'string') {
        throw this._http.bad('validate');
      }
    } catch (reason) {
      if (
        reason instanceof OceanError &&
        reason.code === 'node-refused' &&
        reason.details.status === 400
      ) {
        throw new OceanError(
          'ddo-invalid',
          `The node refuses the asset: ${reason.details.words}`,
          reason.details,
          { cause: reason }
        );
      }
      throw reason;
    }
  }

  async fileInfo(
    what: IStorageEntry | { did: string; serviceId: string },
    o: ICallOptions = {}
  ): Promise<IFileInfo[]> {
    const body = await this._http.json('/api/services/fileInfo', post(what), o);
    return readFileInfo(body) ?? this._http.fail('fileInfo');
  }

  /**
   * Whether the node itself can serve a file: up to 10 MiB it must find exactly
   * `size` bytes under `cid`; above, more than 10 MiB, where it stops counting.
   * (It answers `valid: true`, length 0, for what it can't find; so an empty
   * file can't be told from a missing one.) Throws `node-cannot-see`.
   */
  async checkSees(
    cid: string,
    size: number,
    o: ICallOptions = {}
  ): Promise<void> {
    const [info] = await this.fileInfo({ type: 'ipfs', hash: cid }, o);
    const seen =
      info?.valid &&
      (size <= FILE_INFO_LIMIT
        ? info.length === size
        : info.length > FILE_INFO_LIMIT);
    if (!seen) {
      throw new OceanError(
        'node-cannot-see',
        `The node finds ${info?.length ?? 0} of ${size} bytes of ${cid}`,
        {
          url: this.url,
          cid,
          have: String(info?.length ?? 0),
          need: String(size)
        }
      );
    }
  }

  /** null when the node has no such asset. */
  async ddo(did: string, o: ICallOptions = {}): Promise<unknown | null> {
    return this._http.jsonOrNull(
      `/api/aquarius/assets/ddo/${encodeURIComponent(did)}`,
      o
    );
  }

  /** What the indexer made of an asset; null when it has not seen it. */
  async state(did: string, o: ICallOptions = {}): Promise<IIndexState | null> {
    const body = await this._http.jsonOrNull(
      `/api/aquarius/state/ddo?${query({ did })}`,
      o
    );
    return body === null ? null : readState(body);
  }

  /** DDOs, of either shape that nodes answer in. */
  async query(what: IQuery, o: ICallOptions = {}): Promise<unknown[]> {
    return (await this.queryIndexes(what, o)).flat();
  }

  /** The same, one list an index: `size` and `sort` are of each. */
  async queryIndexes(what: IQuery, o: ICallOptions = {}): Promise<unknown[][]> {
    const body = await this._http.json(
      '/api/aquarius/assets/metadata/query',
      post(what),
      o
    );
    return readQueryIndexes(body) ?? this._http.fail('query');
  }

  /**
   * Whether the index finds an asset. Unlike asking for its DDO, finding nothing
   * is no 404, which browsers write into their console. null where the node
   * does not take such a query (only Elasticsearch is sure to): ask for the DDO.
   */
  async lists(did: string, o: ICallOptions = {}): Promise<boolean | null> {
    try {
      // Mapped as text with a keyword beside it, or as a keyword.
      const should = [{ term: { 'id.keyword': did } }, { term: { id: did } }];
      const found = await this.query(
        { query: { bool: { should } }, from: 1, size: 1 },
        o
      );
      // A node that ignores the query answers with other assets.
      return found.some(ddo => (ddo as { id?: unknown }).id === did);
    } catch (reason) {
      if (
        reason instanceof OceanError &&
        (reason.code === 'bad-answer' || reason.code === 'node-refused') &&
        reason.details.status !== 429
      ) {
        return null;
      }
      throw reason;
    }
  }

  /** The provider fee of an order to come; throws `node-refused` where it can't be ordered. */
  async initialize(
    what: {
      did: string;
      serviceId: string;
      consumer: string;
      fileIndex?: number;
    },
    o: ICallOptions = {}
  ): Promise<IInitialized> {
    const body = await this._http.json(
      `/api/services/initialize?${query({
        documentId: what.did,
        serviceId: what.serviceId,
        fileIndex: what.fileIndex ?? 0,
        consumerAddress: what.consumer
      })}`,
      {},
      o
    );
    return readInitialized(body) ?? this._http.fail('initialize');
  }

  /**
   * One file of an ordered asset; one signature, none with `authToken`. The
   * body is for the caller to stream, hash and keep aside until it is checked.
   */
  async download(
    what: {
      did: string;
      serviceId: string;
      orderTx: string;
      fileIndex: number;
      /** Values of the service's consumer parameters, by name. */
      userdata?: Readonly<Record<string, string | number | boolean>>;
    },
    o: ICallOptions = {}
  ): Promise<Response> {
    const path = `/api/services/download?${query({
      fileIndex: what.fileIndex,
      documentId: what.did,
      transferTxId: what.orderTx,
      serviceId: what.serviceId,
      consumerAddress: this._signer.address,
      // The node adds them to the query of a file that is a URL.
      ...(what.userdata ? { userdata: JSON.stringify(what.userdata) } : {})
    })}`;
    const taken = await this._token.use(
      headers => this._http.send(path, { headers }, o),
      o
    );
    if (taken) {
      return taken;
    }
    return this._signer.signed('download', proof =>
      this._http.send(
        `${path}&${query({
          nonce: proof.nonce,
          signature: proof.signature
        })}`,
        {},
        o
      )
    );
  }

  /** One signature; then `download` asks for none. The token stays in memory. */
  authToken(o: ICallOptions = {}): Promise<void> {
    return this._token.get(o);
  }

  private async _newToken(o: ICallOptions): Promise<string> {
    const response = await this._signer.signed('createAuthToken', proof =>
      this._http.send(
        '/api/services/auth/token',
        post({
          address: proof.address,
          signature: proof.signature,
          nonce: String(proof.nonce)
        }),
        o
      )
    );
    const { token } = (await this._http.read(response, 'authToken')) as {
      token?: unknown;
    };
    return typeof token === 'string' ? token : this._http.fail('authToken');
  }

  forgetToken(): void {
    this._token.forget();
  }

  /** See `waitIndexed`. */
  waitIndexed(did: string, o: IWaitOptions = {}): Promise<unknown> {
    return waitIndexed(this, did, o);
  }

  private _http: NodeHttp;
  private _signer: NodeSigner;
  private _token = new NodeToken(o => this._newToken(o));
}
