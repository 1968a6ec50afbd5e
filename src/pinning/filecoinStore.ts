/**
 * Upload of the archive, and putting it on the chain.
 *
 * The storage provider sends the transaction, for a request that the person
 * signed. It is written down before it is handed over, and the contract takes
 * its nonces once: handing it over again, after whatever happened, can't store
 * or charge twice.
 */
import {
  findPieceIdsByCid,
  getScheduledRemovals
} from '@filoz/synapse-core/pdp-verifier';
import { asPieceCID, type PieceCID } from '@filoz/synapse-core/piece';
import {
  addPiecesApiRequest,
  createDataSetAndAddPiecesApiRequest,
  findPiece
} from '@filoz/synapse-core/sp';
import {
  signAddPieces,
  signCreateDataSetAndAddPieces
} from '@filoz/synapse-core/typed-data';
import {
  datasetMetadataObjectToEntry,
  pieceMetadataObjectToEntry,
  randU256
} from '@filoz/synapse-core/utils';
import {
  getClientDataSets,
  getDataSet
} from '@filoz/synapse-core/warm-storage';
import type { StorageContext } from '@filoz/synapse-sdk/storage';
import type { Hex } from 'viem';

import type { IPinRequest } from '../tokens';
import type { FilecoinClient } from './filecoinClient';
import { FilecoinError, messageOf } from './filecoinErrors';
import type { ICommitIntent, IStored } from './filecoinJournal';
import { outcome, type FilecoinStep } from './filecoinStep';
import { gather, sendPiece } from './filecoinUpload';

/** The piece CID of a record; it was made by the same library. */
export function pieceOf(text: string): PieceCID {
  const piece = asPieceCID(text);
  if (!piece) {
    throw new FilecoinError('not-stored', `${text} is no piece CID`);
  }
  return piece;
}

/** The storage provider's refusals as what they are. */
function explain(error: unknown): unknown {
  if (
    error instanceof FilecoinError ||
    (error instanceof Error && error.name === 'AbortError')
  ) {
    return error;
  }
  const text = messageOf(error);
  const down =
    /network|fetch failed|connection broke|failed to fetch|timeout|timed out|load failed|\b50[234]\b/i.test(
      text
    );
  return new FilecoinError(down ? 'provider-down' : 'provider-refused', text, {
    cause: error
  });
}

/**
 * Have the archive at the storage provider.
 *
 * What was sent before is looked for first; a broken upload starts anew.
 *
 * @throws FilecoinError provider-down, provider-refused, content-changed
 */
export async function upload(
  step: FilecoinStep,
  context: StorageContext,
  request: IPinRequest,
  onProgress?: (bytes: number) => void
): Promise<PieceCID> {
  const { uploaded, commit } = step.record;
  if (uploaded) {
    const piece = pieceOf(uploaded.pieceCid);
    if (commit?.posted || (await parked(step, context, piece))) {
      return piece;
    }
  }
  if (!request.car) {
    throw new FilecoinError('no-archive', 'There is no archive to upload');
  }
  const { signal } = step;
  const serviceURL = context.provider.pdp.serviceURL;
  try {
    signal?.throwIfAborted();
    const archive = await gather(request.car(), signal);
    const { pieceCid, blob } = archive;
    if (commit && uploaded && uploaded.pieceCid !== String(pieceCid)) {
      throw new FilecoinError(
        'content-changed',
        `The archive became ${pieceCid}, signed was ${uploaded.pieceCid}`
      );
    }
    if (!(await parked(step, context, pieceCid))) {
      await sendPiece(serviceURL, archive, { signal, onProgress });
      // It is hashed there, too, which takes a while.
      await findPiece({ serviceURL, pieceCid, retry: true, signal });
    }
    await step.save({
      uploaded: { pieceCid: String(pieceCid), size: blob.size }
    });
    return pieceCid;
  } catch (error) {
    signal?.throwIfAborted();
    throw explain(error);
  }
}

async function parked(
  step: FilecoinStep,
  context: StorageContext,
  pieceCid: PieceCID
): Promise<boolean> {
  try {
    await findPiece({
      serviceURL: context.provider.pdp.serviceURL,
      pieceCid,
      signal: step.signal
    });
    return true;
  } catch (error) {
    step.signal?.throwIfAborted();
    if (error instanceof Error && error.name === 'FindPieceError') {
      return false;
    }
    throw explain(error);
  }
}

/** Where the piece is on the chain, if it is there and stays. */
export async function locate(
  filecoin: FilecoinClient,
  pieceCid: PieceCID,
  commit: Pick<ICommitIntent, 'clientDataSetId' | 'dataSetId'>
): Promise<IStored | null> {
  const { client, account } = filecoin;
  return filecoin.read(async () => {
    const dataSetId = commit.dataSetId
      ? BigInt(commit.dataSetId)
      : (await getClientDataSets(client, { address: account })).find(
          set => set.clientDataSetId === BigInt(commit.clientDataSetId)
        )?.dataSetId;
    if (dataSetId === undefined) {
      return null;
    }
    const [[pieceId], removed] = await Promise.all([
      findPieceIdsByCid(client, { dataSetId, pieceCid }),
      getScheduledRemovals(client, { dataSetId })
    ]);
    return pieceId === undefined || removed.includes(pieceId)
      ? null
      : {
          dataSetId: `${dataSetId}`,
          pieceId: `${pieceId}`,
          confirmed: new Date().toISOString()
        };
  });
}

/**
 * Have the piece on the chain.
 *
 * @throws FilecoinError prompt-rejected, wallet-failed, provider-down,
 *   provider-refused, tx-reverted, tx-in-flight, chain-unreachable
 */
export async function commit(
  step: FilecoinStep,
  context: StorageContext,
  pieceCid: PieceCID
): Promise<void> {
  const { filecoin, record } = step;
  const intent = record.commit ?? (await sign(step, context, pieceCid));
  const there = await locate(filecoin, pieceCid, intent);
  if (there) {
    return step.save({ stored: there });
  }
  const hash = intent.hash ?? (await post(step, context, pieceCid, intent));
  const stored = await step.until(async () => {
    const found = await locate(filecoin, pieceCid, intent);
    if (!found && (await outcome(filecoin, hash)) === 'reverted') {
      await step.save({
        commit: { ...intent, posted: undefined, hash: undefined }
      });
      throw new FilecoinError(
        'tx-reverted',
        `The storage provider's transaction ${hash} reverted`
      );
    }
    return found;
  });
  await step.save({ stored });
}

async function sign(
  step: FilecoinStep,
  context: StorageContext,
  pieceCid: PieceCID
): Promise<ICommitIntent> {
  const { filecoin, record } = step;
  const { client } = filecoin;
  const dataSetId = context.dataSetId;
  const pieces = [
    {
      pieceCid,
      metadata: pieceMetadataObjectToEntry({}, { ipfsRootCID: record.cid })
    }
  ];
  await step.speak();
  let clientDataSetId: bigint;
  let extraData: Hex;
  if (dataSetId === undefined) {
    clientDataSetId = randU256();
    extraData = await filecoin.sign(() =>
      signCreateDataSetAndAddPieces(client, {
        clientDataSetId,
        payee: context.serviceProvider,
        payer: filecoin.account,
        metadata: datasetMetadataObjectToEntry(context.dataSetMetadata),
        pieces
      })
    );
  } else {
    const set = await filecoin.read(() => getDataSet(client, { dataSetId }));
    if (!set) {
      throw new FilecoinError('not-stored', `Data set ${dataSetId} is gone`);
    }
    clientDataSetId = set.clientDataSetId;
    extraData = await filecoin.sign(() =>
      signAddPieces(client, { clientDataSetId, pieces })
    );
  }
  const intent: ICommitIntent = {
    clientDataSetId: `${clientDataSetId}`,
    dataSetId: dataSetId === undefined ? null : `${dataSetId}`,
    extraData
  };
  await step.save({ commit: intent });
  return intent;
}

async function post(
  step: FilecoinStep,
  context: StorageContext,
  pieceCid: PieceCID,
  intent: ICommitIntent
): Promise<string> {
  const posted = { ...intent, posted: new Date().toISOString() };
  await step.save({ commit: posted });
  const serviceURL = context.provider.pdp.serviceURL;
  const extraData = intent.extraData as Hex;
  try {
    const { txHash } = intent.dataSetId
      ? await addPiecesApiRequest({
          serviceURL,
          dataSetId: BigInt(intent.dataSetId),
          pieces: [pieceCid],
          extraData
        })
      : await createDataSetAndAddPiecesApiRequest({
          serviceURL,
          recordKeeper: step.filecoin.chain.contracts.fwss.address,
          pieces: [pieceCid],
          extraData
        });
    await step.save({ commit: { ...posted, hash: txHash } });
    return txHash;
  } catch (error) {
    throw explain(error);
  }
}
