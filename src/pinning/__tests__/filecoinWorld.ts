/**
 * A Filecoin Calibration that remembers: the libraries' own mocks answer each
 * call in the contracts' encoding, from a state that deposits, uploads and
 * signed requests change as the contracts would. Used by the unit tests and, as
 * the answer to intercepted requests, by the browser test.
 */
import { calibration } from '@filoz/synapse-core/chains';
import * as Mocks from '@filoz/synapse-core/mocks';
import {
  EIP712Types,
  getStorageDomain,
  signAddPiecesAbiParameters,
  signCreateDataSetAbiParameters,
  signcreateDataSetAndAddPiecesAbiParameters
} from '@filoz/synapse-core/typed-data';
import { CID } from 'multiformats/cid';
import { getResponse, http, HttpResponse, type RequestHandler } from 'msw';
import {
  decodeAbiParameters,
  decodeFunctionData,
  encodeFunctionResult,
  isAddressEqual,
  keccak256,
  maxUint256,
  numberToHex,
  parseUnits,
  recoverTypedDataAddress,
  stringToHex,
  toFunctionSelector,
  toHex,
  type Hex
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';

export const CHAIN = calibration;
export const RPC = 'https://api.calibration.node.glif.io/rpc/v1';
export const STORAGE = 'https://pdp.example.com';
export const account = privateKeyToAccount(Mocks.PRIVATE_KEYS.key1);
export const usdfc = (amount: string): bigint => parseUnits(amount, 18);

const { filecoinPay, fwss, pdp, usdfc: token } = calibration.contracts;
const LOCKUP = 86_400n;
const RATE = usdfc('0.06') / LOCKUP;

interface IWorldSet {
  id: bigint;
  clientDataSetId: bigint;
  metadata: [string[], string[]];
  pieces: { id: bigint; data: Hex; keys: string[]; values: string[] }[];
  removals: bigint[];
  endEpoch: bigint;
}

interface IRpc {
  id?: number;
  method: string;
  params?: unknown[];
}

type Params = Record<string, unknown>;

const fail = (code: number, message: string): Error =>
  Object.assign(new Error(message), { code });

export class FilecoinWorld {
  tokens = usdfc('10');
  coins = usdfc('1');
  funds = 0n;
  lockup = 0n;
  rate = 0n;
  approved = false;
  permitNonce = 0n;
  epoch = 1_210_369n;
  lastProven = 0n;
  challenge = 0n;
  /** Unix seconds; the wall clock's when null. */
  time: bigint | null = null;
  readonly sets: IWorldSet[] = [];
  readonly parked = new Set<string>();
  readonly receipts = new Map<string, '0x0' | '0x1'>();
  /** Requests that the storage provider answers with a network error. */
  down: RegExp | null = null;
  /** Transactions are taken but stay out of blocks. */
  stuck = false;

  readonly deposits: bigint[] = [];
  uploads = 0;
  /** Bytes of the last archive. */
  archive = 0;
  readonly posts: string[] = [];
  readonly nonces = new Set<string>();
  readonly sent: string[] = [];

  /** Answer a request to the chain or to a storage provider. */
  async handle(request: Request): Promise<Response> {
    if (request.url.startsWith(RPC)) {
      return this._rpc(request);
    }
    const { pathname } = new URL(request.url);
    if (this.down?.test(`${request.method} ${pathname}`)) {
      throw new TypeError('Failed to fetch');
    }
    const response = await getResponse(this._storage, request);
    return response ?? new Response('unhandled', { status: 501 });
  }

  /** Where the world is reached; give to `globalThis.fetch`. */
  readonly fetch: typeof fetch = async (input, init) =>
    this.handle(new Request(input, init));

  /** One JSON-RPC call. Throws with `code`. */
  async call(method: string, params: unknown[] = []): Promise<unknown> {
    switch (method) {
      case 'eth_sendTransaction':
        return this._send(params[0] as { to: Hex; data: Hex });
      case 'eth_signTypedData_v4':
        return account.signTypedData(
          JSON.parse(params[1] as string) as Parameters<
            typeof account.signTypedData
          >[0]
        );
      case 'eth_getTransactionReceipt': {
        const status = this.receipts.get(params[0] as string);
        return status ? { status } : null;
      }
      case 'eth_call': {
        const { to, data } = params[0] as { to: Hex; data: Hex };
        const selector = toFunctionSelector(
          'getDataSetLastProvenEpoch(uint256)'
        );
        if (isAddressEqual(to, pdp.address) && data.startsWith(selector)) {
          return encodeFunctionResult({
            abi: pdp.abi,
            functionName: 'getDataSetLastProvenEpoch',
            result: this.lastProven
          });
        }
      }
    }
    const response = await getResponse(
      [this._chain()],
      new Request(RPC, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
      })
    );
    const answer = (await response?.json()) as {
      result?: unknown;
      error?: { code: number; message: string };
    };
    if (answer.error) {
      throw fail(answer.error.code, answer.error.message);
    }
    return answer.result;
  }

  private async _rpc(request: Request): Promise<Response> {
    const body = (await request.json()) as IRpc;
    const head = { jsonrpc: '2.0', id: body.id ?? 1 };
    try {
      const result = await this.call(body.method, body.params);
      return Response.json({ ...head, result });
    } catch (error) {
      const { message, code = -32603 } = error as Error & { code?: number };
      return Response.json({ ...head, error: { code, message } });
    }
  }

  /** The mocks, answering from the state of now. */
  private _chain(): RequestHandler {
    const set = (id: unknown): IWorldSet | undefined =>
      this.sets.find(one => one.id === id);
    const info = (one: IWorldSet | undefined, id: bigint) => ({
      pdpRailId: one ? one.id : 0n,
      cacheMissRailId: 0n,
      cdnRailId: 0n,
      payer: one ? account.address : Mocks.ADDRESSES.zero,
      payee: Mocks.ADDRESSES.payee1,
      serviceProvider: Mocks.ADDRESSES.serviceProvider1,
      commissionBps: 0n,
      clientDataSetId: one?.clientDataSetId ?? 0n,
      pdpEndEpoch: one?.endEpoch ?? 0n,
      providerId: 1n,
      dataSetId: id
    });
    const { basic } = Mocks.presets;
    return Mocks.JSONRPC({
      ...basic,
      eth_blockNumber: numberToHex(this.epoch),
      eth_accounts: [account.address],
      eth_getBalance: () => numberToHex(this.coins),
      eth_estimateGas: () => numberToHex(20_000_000n),
      eth_gasPrice: () => numberToHex(1_000_000n),
      eth_getBlockByNumber: params => {
        const block = basic.eth_getBlockByNumber(params);
        const time = this.time ?? BigInt(Math.floor(Date.now() / 1000));
        return block && { ...block, timestamp: numberToHex(time) };
      },
      erc20: {
        ...basic.erc20,
        name: () => ['USDFC'],
        version: () => ['1'],
        symbol: () => ['USDFC'],
        balanceOf: () => [this.tokens],
        nonces: () => [this.permitNonce]
      },
      payments: {
        ...basic.payments,
        accounts: () => [this.funds, this.lockup, this.rate, this.epoch],
        operatorApprovals: () =>
          this.approved
            ? [true, maxUint256, maxUint256, 0n, 0n, LOCKUP]
            : [false, 0n, 0n, 0n, 0n, 0n]
      },
      warmStorageView: {
        ...basic.warmStorageView,
        getApprovedProviders: () => [[1n]],
        clientDataSets: () => [this.sets.map(one => one.id)],
        getClientDataSets: () => [this.sets.map(one => info(one, one.id))],
        getDataSet: ([id]) => [info(set(id), id)],
        getAllDataSetMetadata: ([id]) => set(id)?.metadata ?? [[], []],
        getPDPConfig: () => [2880n, 60n, 5n, 0n]
      },
      pdpVerifier: {
        ...basic.pdpVerifier,
        dataSetLive: ([id]) => [set(id) !== undefined],
        getActivePieceCount: ([id]) => [BigInt(set(id)?.pieces.length ?? 0)],
        getDataSetLeafCount: ([id]) => [
          BigInt((set(id)?.pieces.length ?? 0) * 32)
        ],
        getScheduledRemovals: ([id]) => [set(id)?.removals ?? []],
        getNextChallengeEpoch: () => [this.challenge],
        findPieceIdsByCid: ([id, piece]) => [
          (set(id)?.pieces ?? [])
            .filter(one => one.data === piece.data)
            .map(one => one.id)
        ]
      }
    });
  }

  /** Take what was stuck into a block. */
  async mine(): Promise<void> {
    this.stuck = false;
    for (const run of this._pending.splice(0)) {
      await run();
    }
  }

  private async _send(tx: { to: Hex; data: Hex }): Promise<string> {
    const hash = keccak256(toHex(`${tx.data}${this.sent.length}`));
    this.sent.push(tx.data.slice(0, 10));
    const run = async (): Promise<void> => {
      this.receipts.set(hash, (await this._execute(tx)) ? '0x1' : '0x0');
    };
    if (this.stuck) {
      this._pending.push(run);
    } else {
      await run();
    }
    return hash;
  }

  /** A transaction of the account, as the contracts would take it. */
  private async _execute(tx: { to: Hex; data: Hex }): Promise<boolean> {
    if (isAddressEqual(tx.to, filecoinPay.address)) {
      const { functionName, args } = decodeFunctionData({
        abi: filecoinPay.abi,
        data: tx.data
      });
      return this._pay(functionName, args as readonly unknown[]);
    }
    if (isAddressEqual(tx.to, fwss.address)) {
      const call = decodeFunctionData({ abi: fwss.abi, data: tx.data });
      const one = this.sets.find(entry => entry.id === call.args?.[0]);
      if (call.functionName !== 'terminateService' || one?.endEpoch !== 0n) {
        return false;
      }
      one.endEpoch = this.epoch + LOCKUP;
      this.rate -= RATE;
      return true;
    }
    throw fail(-32602, `No contract at ${tx.to}`);
  }

  private async _pay(name: string, args: readonly unknown[]): Promise<boolean> {
    if (name === 'setOperatorApproval') {
      this.approved = true;
      return true;
    }
    const [, , amount, deadline, v, r, s] = args as [
      Hex,
      Hex,
      bigint,
      bigint,
      number,
      Hex,
      Hex
    ];
    const signer = await recoverTypedDataAddress({
      domain: {
        chainId: CHAIN.id,
        name: 'USDFC',
        version: '1',
        verifyingContract: token.address
      },
      types: EIP712Types,
      primaryType: 'Permit',
      message: {
        owner: account.address,
        spender: filecoinPay.address,
        value: amount,
        nonce: this.permitNonce,
        deadline
      },
      signature: { r, s, v: BigInt(v) }
    });
    const time = this.time ?? BigInt(Math.floor(Date.now() / 1000));
    if (signer !== account.address || amount > this.tokens || time > deadline) {
      return false;
    }
    this.permitNonce += 1n;
    this.tokens -= amount;
    this.funds += amount;
    this.deposits.push(amount);
    this.approved ||= name === 'depositWithPermitAndApproveOperator';
    return true;
  }

  private async _add(
    one: IWorldSet,
    extra: Hex,
    pieceCids: string[]
  ): Promise<boolean> {
    const [nonce, keys, values, signature] = decodeAbiParameters(
      signAddPiecesAbiParameters,
      extra
    );
    const pieceData = pieceCids.map(text => ({
      data: toHex(CID.parse(text).bytes)
    }));
    const signer = await recoverTypedDataAddress({
      domain: getStorageDomain({ chain: CHAIN }),
      types: EIP712Types,
      primaryType: 'AddPieces',
      message: {
        clientDataSetId: one.clientDataSetId,
        nonce,
        pieceData,
        pieceMetadata: keys.map((list, index) => ({
          pieceIndex: BigInt(index),
          metadata: list.map((key, at) => ({ key, value: values[index][at] }))
        }))
      },
      signature
    });
    if (signer !== account.address || this.nonces.has(`${nonce}`)) {
      return false;
    }
    this.nonces.add(`${nonce}`);
    pieceData.forEach(({ data }, index) =>
      one.pieces.push({
        id: BigInt(one.pieces.length),
        data,
        keys: [...keys[index]],
        values: [...values[index]]
      })
    );
    return true;
  }

  private _mined(ok: boolean): Response {
    const hash = keccak256(toHex(`post ${this.posts.length}`));
    this.receipts.set(hash, ok ? '0x1' : '0x0');
    return HttpResponse.text('Created', {
      status: 201,
      headers: { Location: `/pdp/data-sets/created/${hash}` }
    });
  }

  private _pending: (() => Promise<void>)[] = [];

  private _storage: RequestHandler[] = [
    Mocks.PING(),
    http.put(`${STORAGE}/pdp/piece/uploads/:uuid`, async ({ request }) => {
      this.archive = (await request.arrayBuffer()).byteLength;
      this.uploads += 1;
      return new HttpResponse(null, { status: 204 });
    }),
    http.post(`${STORAGE}/pdp/piece/uploads/:uuid`, async ({ request }) => {
      const { pieceCid } = (await request.json()) as { pieceCid: string };
      this.parked.add(pieceCid);
      return HttpResponse.json({ pieceCid });
    }),
    ...Mocks.pdp.streamingUploadHandlers(),
    http.get(`${STORAGE}/pdp/piece`, ({ request }) => {
      const pieceCid = new URL(request.url).searchParams.get('pieceCid') ?? '';
      return this.parked.has(pieceCid)
        ? HttpResponse.json({ pieceCid })
        : HttpResponse.text('not here', { status: 404 });
    }),
    http.post(
      `${STORAGE}/pdp/data-sets/create-and-add`,
      async ({ request }) => {
        const body = (await request.json()) as Params & {
          extraData: Hex;
          pieces: { pieceCid: string }[];
        };
        this.posts.push('create-and-add');
        const [create, add] = decodeAbiParameters(
          signcreateDataSetAndAddPiecesAbiParameters,
          body.extraData
        );
        const [, clientDataSetId, keys, values] = decodeAbiParameters(
          signCreateDataSetAbiParameters,
          create
        );
        const one: IWorldSet = {
          id: BigInt(this.sets.length + 7),
          clientDataSetId,
          metadata: [[...keys], [...values]],
          pieces: [],
          removals: [],
          endEpoch: 0n
        };
        const known = this.sets.some(
          entry => entry.clientDataSetId === clientDataSetId
        );
        const locked = RATE * LOCKUP;
        const enough = this.approved && this.funds - this.lockup >= locked;
        const ok =
          !known &&
          enough &&
          (await this._add(
            one,
            add,
            body.pieces.map(piece => piece.pieceCid)
          ));
        if (ok) {
          this.sets.push(one);
          this.rate += RATE;
          this.lockup += locked;
          this.funds -= usdfc('0.1');
        }
        return this._mined(ok);
      }
    ),
    http.post(
      `${STORAGE}/pdp/data-sets/:id/pieces`,
      async ({ request, params }) => {
        const body = (await request.json()) as {
          extraData: Hex;
          pieces: { pieceCid: string }[];
        };
        this.posts.push('add');
        const one = this.sets.find(entry => `${entry.id}` === params.id);
        const ok =
          one !== undefined &&
          (await this._add(
            one,
            body.extraData,
            body.pieces.map(piece => piece.pieceCid)
          ));
        return this._mined(ok);
      }
    ),
    http.delete(`${STORAGE}/pdp/data-sets/:id/pieces/:piece`, ({ params }) => {
      const one = this.sets.find(entry => `${entry.id}` === params.id);
      one?.removals.push(BigInt(params.piece as string));
      const txHash = keccak256(stringToHex(`remove ${params.piece as string}`));
      this.receipts.set(txHash, '0x1');
      return HttpResponse.json({ txHash });
    })
  ];
}
