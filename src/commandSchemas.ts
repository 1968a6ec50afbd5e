/**
 * The JSON Schemas of the commands' arguments and results: apart from their ids,
 * since nobody reads them before a command is looked up or tested.
 */
import type { ReadonlyJSONObject } from '@lumino/coreutils';

import { CommandIDs } from './commands';
import { ipfsSchemas } from './ipfsSchemas';
import { DID_PATTERN } from './ocean/did';
import {
  contentsPath,
  type ICommandSchemas,
  object,
  outputArgs,
  string
} from './schemaShapes';

const address = { type: 'string', pattern: '^0x[0-9a-fA-F]{40}$' } as const;
const txHash = { type: 'string', pattern: '^0x[0-9a-fA-F]{64}$' } as const;
const did = { type: 'string', pattern: DID_PATTERN } as const;

/**
 * What a person says of an asset. Name ≥ 4 and description ≥ 10 characters are
 * the bounds of the DDO 4.1.0 shape that an Ocean Node validates with.
 */
export const draftSchema: ReadonlyJSONObject = object(
  {
    name: { type: 'string', minLength: 4, maxLength: 256 },
    description: { type: 'string', minLength: 10 },
    author: { type: 'string', minLength: 1 },
    tags: { type: 'array', items: { type: 'string', minLength: 1 } },
    license: { type: 'string', minLength: 1 },
    type: { type: 'string', enum: ['dataset', 'algorithm'] },
    price: {
      oneOf: [
        object({ kind: { const: 'free' } }, ['kind']),
        object(
          {
            kind: { const: 'fixed' },
            amount: { type: 'string', pattern: '^[0-9]+(\\.[0-9]+)?$' },
            token: address
          },
          ['kind', 'amount', 'token']
        )
      ]
    },
    timeout: {
      type: 'integer',
      minimum: 0,
      description: 'Seconds that an order stays valid; 0 = for ever'
    },
    sample: { type: 'string' },
    algorithm: object(
      {
        container: object(
          {
            image: string,
            tag: string,
            entrypoint: string,
            checksum: string
          },
          ['image', 'tag', 'entrypoint', 'checksum']
        )
      },
      ['container']
    ),
    chainId: { type: 'integer', minimum: 1 },
    storage: { type: 'array', items: string },
    seal: {
      type: 'boolean',
      description:
        'Seal it although it is free: it has to be ordered to be opened. What has a price is sealed always'
    }
  },
  ['name', 'description', 'license', 'type', 'price']
);

const silent = {
  type: 'boolean',
  description:
    'No dialog (the wallet still asks); refused unless the server was started with --expose-app'
};

const publishArgs = {
  draft: { type: 'object' },
  silent,
  allowFindings: {
    type: 'boolean',
    description:
      'With `silent`: publish although passwords or keys were found in it, or it could not be looked through'
  },
  allowMainnet: {
    type: 'boolean',
    description: 'With `silent`: publish on a network whose money is real'
  }
};

const publishResult = object(
  {
    did,
    nftAddress: address,
    datatokenAddress: address,
    cid: string,
    txs: object({ mint: txHash, metadata: txHash }, ['mint', 'metadata']),
    warnings: { type: 'array', items: string }
  },
  ['did', 'nftAddress', 'datatokenAddress', 'cid', 'txs']
);

/** Amounts are whole numbers of gas or wei, as decimal texts. */
const estimateResult = object(
  {
    transactions: {
      type: 'array',
      items: object({ kind: string, gas: string, wei: string }, [
        'kind',
        'gas',
        'wei'
      ])
    },
    total: object({ wei: string, amount: string, currency: string }, [
      'wei',
      'amount',
      'currency'
    ]),
    prompts: {
      type: 'array',
      items: object({ kind: string, words: string }, ['kind', 'words'])
    },
    size: { type: ['integer', 'null'] },
    problems: {
      type: 'array',
      items: object({ field: string, code: string }, ['field', 'code'])
    },
    notes: {
      type: 'array',
      items: object(
        {
          code: string,
          words: string,
          files: { type: 'array', items: string },
          did: string
        },
        ['code', 'words', 'files']
      )
    },
    findings: {
      type: 'array',
      items: object(
        {
          severity: string,
          kind: string,
          masked: string,
          words: string,
          where: string,
          place: { type: 'object' }
        },
        ['severity', 'kind', 'masked', 'words', 'where', 'place']
      )
    },
    secrets: { type: 'integer' },
    personal: { type: 'integer' },
    unread: { type: 'array', items: string }
  },
  ['transactions', 'total', 'prompts', 'size', 'notes', 'findings']
);

const walletResult = object(
  {
    account: { type: ['string', 'null'] },
    chainId: { type: ['integer', 'null'] },
    signedIn: { type: 'boolean' }
  },
  ['account', 'chainId', 'signedIn']
);

const pinArgs = object({
  cid: string,
  path: contentsPath,
  provider: {
    type: 'string',
    description:
      'Id of a provider (`node`, `service:<name>`, `kubo:<name>`, `filecoin`); asks when omitted'
  }
});
const pinResult = object({ cid: string, provider: string, status: string }, [
  'cid',
  'provider',
  'status'
]);

/** The schemas by command id. */
export const commandSchemas: Readonly<Record<string, ICommandSchemas>> = {
  [CommandIDs.walletOpen]: { args: object({}), result: { type: 'null' } },
  [CommandIDs.walletConnect]: {
    args: object({
      wallet: { type: 'string', description: 'EIP-6963 rdns of the wallet' }
    }),
    result: object({ account: address, chainId: { type: 'integer' } }, [
      'account',
      'chainId'
    ])
  },
  [CommandIDs.walletDisconnect]: { args: object({}), result: walletResult },
  [CommandIDs.walletSignIn]: {
    args: object({ chainId: { type: 'integer' } }),
    result: walletResult
  },
  [CommandIDs.walletSwitchNetwork]: {
    args: object({ chainId: { type: 'integer' } }),
    result: walletResult
  },
  ...ipfsSchemas,
  [CommandIDs.pinningPin]: { args: pinArgs, result: pinResult },
  [CommandIDs.pinningUnpin]: { args: pinArgs, result: pinResult },
  [CommandIDs.pinningOpen]: { args: object({}), result: { type: 'null' } },
  [CommandIDs.pinningFilecoin]: { args: object({}), result: { type: 'null' } },
  [CommandIDs.oceanPublish]: {
    args: object({ path: contentsPath, ...publishArgs }),
    result: publishResult
  },
  [CommandIDs.oceanEstimate]: {
    args: object({ path: contentsPath, ...publishArgs }),
    result: estimateResult
  },
  [CommandIDs.oceanPublishOutput]: {
    args: object({ ...outputArgs, ...publishArgs }),
    result: publishResult
  },
  [CommandIDs.oceanPublishNotebook]: {
    args: object({ notebook: string, ...publishArgs }),
    result: publishResult
  },
  [CommandIDs.oceanResume]: {
    args: object({ job: string }),
    result: publishResult
  },
  [CommandIDs.marketOpen]: {
    args: object({
      tab: { type: 'string', enum: ['discover', 'purchases', 'mine'] }
    }),
    result: { type: 'null' }
  },
  [CommandIDs.marketSearch]: {
    args: object({ query: string }),
    result: { type: 'null' }
  },
  [CommandIDs.marketAsset]: {
    args: object({ did }),
    result: { type: 'null' }
  },
  [CommandIDs.marketLink]: {
    // An `IRouter.ILocation`.
    args: {
      type: 'object',
      properties: {
        path: string,
        search: { ...string, description: '`?web3-asset=did:op:…`' },
        hash: string,
        request: string
      },
      required: ['search']
    },
    result: { type: 'null' }
  },
  [CommandIDs.marketBuy]: {
    args: object(
      {
        did,
        allowance: {
          type: 'string',
          pattern: '^[0-9]+(\\.[0-9]+)?$',
          description:
            'Amount of the price’s token that may be taken, kept for later; exactly what is due when omitted'
        },
        most: {
          type: 'object',
          additionalProperties: { type: 'string', pattern: '^[0-9]+$' },
          description:
            'Base units by token (lower case) that may leave the account at most, price and fees; what is not named may not'
        }
      },
      ['did']
    ),
    result: object({ did, orderTx: txHash, reused: { type: 'boolean' } }, [
      'did',
      'orderTx',
      'reused'
    ])
  },
  [CommandIDs.marketDownload]: {
    args: object(
      {
        did,
        to: contentsPath,
        parameters: {
          type: 'object',
          description:
            'Values of the service’s consumer parameters, by name; asked for when omitted'
        }
      },
      ['did']
    ),
    result: object(
      { path: string, cid: string, verified: { type: ['boolean', 'null'] } },
      ['path', 'cid', 'verified']
    )
  },
  [CommandIDs.marketInsertCode]: {
    args: object(
      {
        did,
        notebook: string,
        library: {
          type: 'string',
          enum: ['pandas', 'polars', 'datasets', 'python'],
          description: 'What to load it with; the last choice when omitted'
        }
      },
      ['did']
    ),
    result: string
  },
  [CommandIDs.marketManage]: {
    args: object({ did }, ['did']),
    result: { type: 'null' }
  },
  [CommandIDs.marketPublishVersion]: {
    args: object({ did, path: string, silent }, ['did']),
    result: object({ did, cid: string, tx: txHash }, ['did', 'cid', 'tx'])
  }
};
