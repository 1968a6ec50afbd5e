/**
 * The JSON Schemas of the IPFS commands' arguments and results.
 */
import { CommandIDs } from './commands';
import {
  contentsPath,
  type ICommandSchemas,
  index,
  object,
  outputArgs,
  string
} from './schemaShapes';

const placed = object({ path: string, cid: string }, ['path', 'cid']);
const anyCid = {
  type: 'string',
  description: 'CID, /ipfs/…, ipfs://…, ipns://… or the URL of a gateway'
};
const pathOrNull = { type: ['string', 'null'] };

const uploaded = {
  type: 'array',
  items: object({ path: string, cid: string, size: index }, [
    'path',
    'cid',
    'size'
  ])
};

/** The schemas by command id. */
export const ipfsSchemas: Readonly<Record<string, ICommandSchemas>> = {
  [CommandIDs.ipfsUpload]: {
    args: object({ path: contentsPath }),
    result: uploaded
  },
  [CommandIDs.ipfsUploadFolder]: {
    args: object({ path: contentsPath }),
    result: uploaded
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
    result: string
  },
  [CommandIDs.ipfsCopyLink]: {
    args: object({ path: contentsPath }),
    result: string
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
    args: object({
      from: contentsPath,
      to: string,
      takeOff: {
        type: 'boolean',
        description:
          'Also take it off the drive and out of its history, once the copy has been seen to be the same.'
      }
    }),
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
  }
};
