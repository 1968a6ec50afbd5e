/**
 * The JSON Schemas of the commands' arguments and results: apart from their ids,
 * since nobody reads them before a command is looked up or tested.
 */
import type { ReadonlyJSONObject } from '@lumino/coreutils';

import { CommandIDs } from './commands';

/** The schemas of one command. `args` goes into Lumino's `describedBy`. */
export interface ICommandSchemas {
  args: ReadonlyJSONObject;
  result: ReadonlyJSONObject;
}

const string = { type: 'string' } as const;
const index = { type: 'integer', minimum: 0 } as const;
const address = { type: 'string', pattern: '^0x[0-9a-fA-F]{40}$' } as const;
const txHash = { type: 'string', pattern: '^0x[0-9a-fA-F]{64}$' } as const;
const did = { type: 'string', pattern: '^did:op:[0-9a-f]{64}$' } as const;

const object = (
  properties: Record<string, ReadonlyJSONObject>,
  required: string[] = []
): ReadonlyJSONObject => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false
});

const contentsPath = {
  type: 'string',
  description:
    'Contents path, with `ipfs:` for the drive; the selection of the file browser in use when omitted'
};

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
    storage: { type: 'array', items: string }
  },
  ['name', 'description', 'license', 'type', 'price']
);

const outputArgs = {
  notebook: string,
  cell: index,
  output: index,
  mediaType: string
};

const silent = {
  type: 'boolean',
  description:
    'No dialog (the wallet still asks); refused unless the server was started with --expose-app'
};

const publishResult = object(
  {
    did,
    nftAddress: address,
    datatokenAddress: address,
    cid: string,
    txs: object({ mint: txHash, metadata: txHash }, ['mint', 'metadata'])
  },
  ['did', 'nftAddress', 'datatokenAddress', 'cid', 'txs']
);

const walletResult = object(
  {
    account: { type: ['string', 'null'] },
    chainId: { type: ['integer', 'null'] },
    signedIn: { type: 'boolean' }
  },
  ['account', 'chainId', 'signedIn']
);

const placed = object({ path: string, cid: string }, ['path', 'cid']);
const anyCid = {
  type: 'string',
  description: 'CID, /ipfs/…, ipfs://…, ipns://… or the URL of a gateway'
};
const pathOrNull = { type: ['string', 'null'] };
const text = { type: 'string' };

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
  [CommandIDs.ipfsUpload]: {
    args: object({ path: contentsPath }),
    result: {
      type: 'array',
      items: object({ path: string, cid: string, size: index }, [
        'path',
        'cid',
        'size'
      ])
    }
  },
  [CommandIDs.ipfsUploadFolder]: {
    args: object({ path: contentsPath }),
    result: {
      type: 'array',
      items: object({ path: string, cid: string, size: index }, [
        'path',
        'cid',
        'size'
      ])
    }
  },
  [CommandIDs.ipfsPaste]: {
    args: object({
      to: {
        type: 'string',
        description:
          'Contents path of a folder; the one that is shown if absent'
      }
    }),
    result: { type: 'array', items: string }
  },
  [CommandIDs.ipfsHistory]: {
    args: object({ path: contentsPath }),
    result: object({ path: string }, ['path'])
  },
  [CommandIDs.ipfsRestore]: {
    args: object(
      {
        path: contentsPath,
        state: { type: 'string', description: 'Id of a change of the history' }
      },
      ['path', 'state']
    ),
    result: placed
  },
  [CommandIDs.ipfsUndo]: {
    args: object({}),
    result: object({ paths: { type: 'array', items: string } }, ['paths'])
  },
  [CommandIDs.ipfsSearch]: {
    args: object({ query: string }),
    result: { type: 'null' }
  },
  [CommandIDs.ipfsGoUp]: {
    args: object({}),
    result: { type: 'null' }
  },
  [CommandIDs.ipfsCidColumn]: {
    args: object({}),
    result: object({ shown: { type: 'boolean' } }, ['shown'])
  },
  [CommandIDs.ipfsCopyCid]: {
    args: object({ path: contentsPath }),
    result: text
  },
  [CommandIDs.ipfsCopyLink]: {
    args: object({ path: contentsPath }),
    result: text
  },
  [CommandIDs.ipfsDownload]: {
    args: object({ path: contentsPath }),
    result: object(
      {
        path: string,
        cid: string,
        size: index,
        verified: { type: ['boolean', 'null'] }
      },
      ['path', 'cid', 'size']
    )
  },
  [CommandIDs.ipfsCopyToDrive]: {
    args: object({ from: contentsPath, to: string }),
    result: placed
  },
  [CommandIDs.ipfsCopyToWorkspace]: {
    args: object({ from: contentsPath, to: string }),
    result: placed
  },
  [CommandIDs.ipfsMoveToKubo]: {
    args: object({}),
    result: object(
      {
        cid: string,
        folder: { type: ['string', 'null'] },
        entries: {
          type: 'array',
          items: object({ name: string, cid: string }, ['name', 'cid'])
        }
      },
      ['cid', 'folder', 'entries']
    )
  },
  [CommandIDs.ipfsSaveOutput]: {
    args: object({ ...outputArgs, to: string }),
    result: placed
  },
  [CommandIDs.ipfsInfo]: {
    args: object({ path: contentsPath, cid: anyCid }),
    result: object({ path: pathOrNull, cid: string, size: index }, [
      'path',
      'cid',
      'size'
    ])
  },
  [CommandIDs.ipfsDag]: {
    args: object({ path: contentsPath, cid: anyCid }),
    result: object({ path: pathOrNull, cid: string }, ['path', 'cid'])
  },
  [CommandIDs.ipfsVerify]: {
    args: object({ path: contentsPath, cid: anyCid }),
    result: object(
      {
        path: pathOrNull,
        cid: string,
        size: index,
        blocks: index,
        verified: {
          type: ['boolean', 'null'],
          description:
            'null: nobody who was asked has all of it; false: what came is something else'
        },
        from: {
          type: 'string',
          enum: ['gateways', 'node'],
          description: 'node: no gateway is configured'
        },
        gateways: { type: 'array', items: string },
        faults: {
          type: 'array',
          items: object({ gateway: string, kind: string, detail: string }, [
            'gateway',
            'kind',
            'detail'
          ])
        }
      },
      ['path', 'cid', 'size', 'blocks', 'verified', 'from']
    )
  },
  [CommandIDs.ipfsOpenCid]: { args: object({ cid: anyCid }), result: placed },
  [CommandIDs.ipfsImportCid]: {
    args: object({ cid: anyCid, to: string }),
    result: placed
  },
  [CommandIDs.ipfsImportList]: {
    args: object({
      path: {
        type: 'string',
        description:
          'Contents path of a text file: a CID or address a line, a name after it where wanted; a file chooser when omitted'
      },
      to: string
    }),
    result: {
      type: 'array',
      items: object(
        {
          address: string,
          path: pathOrNull,
          cid: pathOrNull,
          error: pathOrNull
        },
        ['address', 'path', 'cid', 'error']
      )
    }
  },
  [CommandIDs.ipfsImportCar]: {
    args: object({
      path: {
        type: 'string',
        description: 'Contents path of the archive; a file chooser when omitted'
      },
      to: string
    }),
    result: placed
  },
  [CommandIDs.ipfsExportCar]: {
    args: object({ path: contentsPath, cid: anyCid, to: string }),
    result: placed
  },
  [CommandIDs.ipfsExportZip]: {
    args: object({ path: contentsPath, cid: anyCid, to: string }),
    result: placed
  },
  [CommandIDs.ipfsPublishName]: {
    args: object({
      path: contentsPath,
      cid: anyCid,
      key: {
        type: 'string',
        description: 'Name of a key of the node; made when there is none'
      }
    }),
    result: object({ name: string, key: string, cid: string }, [
      'name',
      'key',
      'cid'
    ])
  },
  [CommandIDs.pinningPin]: { args: pinArgs, result: pinResult },
  [CommandIDs.pinningUnpin]: { args: pinArgs, result: pinResult },
  [CommandIDs.pinningOpen]: { args: object({}), result: { type: 'null' } },
  [CommandIDs.pinningFilecoin]: { args: object({}), result: { type: 'null' } },
  [CommandIDs.oceanPublish]: {
    args: object({ path: contentsPath, draft: { type: 'object' }, silent }),
    result: publishResult
  },
  [CommandIDs.oceanPublishOutput]: {
    args: object({ ...outputArgs, draft: { type: 'object' }, silent }),
    result: publishResult
  },
  [CommandIDs.oceanPublishNotebook]: {
    args: object({ notebook: string, draft: { type: 'object' }, silent }),
    result: publishResult
  },
  [CommandIDs.oceanResume]: {
    args: object({ job: string }),
    result: publishResult
  },
  [CommandIDs.marketAsset]: {
    args: object({ did }),
    result: { type: 'null' }
  },
  [CommandIDs.marketBuy]: {
    args: object({ did }, ['did']),
    result: object({ did, orderTx: txHash, reused: { type: 'boolean' } }, [
      'did',
      'orderTx',
      'reused'
    ])
  },
  [CommandIDs.marketDownload]: {
    args: object({ did, to: contentsPath }, ['did']),
    result: object(
      { path: string, cid: string, verified: { type: ['boolean', 'null'] } },
      ['path', 'cid', 'verified']
    )
  },
  [CommandIDs.marketInsertCode]: {
    args: object({ did, notebook: string }, ['did']),
    result: text
  }
};
