/**
 * From the content to the listed asset: predict, encrypt-files, ddo,
 * encrypt-ddo, mint, metadata, index. All that can fail comes before the mint.
 */
import { assetLock } from '../ocean/assetLock';
import { atNode } from './atNode';
import { Patience, reader, type IStepContext, type Step } from './context';
import { codeOf, messageOf, PublishError } from './errors';
import { takeLock } from './lock';
import type { IMinted, INodeFile } from './ports';
import { readyWallet, sign } from './prompts';
import type { IJobRecord } from './record';
import { checkBeforeMint } from './storageSteps';
import { nothingPending, transact, type ITxTask } from './transaction';

/**
 * Time between looks at the record and at the reason, in ms: nodes answer some
 * thirty requests a minute, and what is not there yet is a 404 in the console.
 */
const CLOSE_LOOK = 5000;

async function onChain<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (cause) {
    if (cause instanceof PublishError) {
      throw cause;
    }
    // Building estimates: what would revert shows before any prompt.
    const code = codeOf(cause);
    throw new PublishError(
      code === 'tx-reverted'
        ? 'would-revert'
        : code === 'chain-error'
          ? code
          : 'chain-unreachable',
      messageOf(cause),
      { cause }
    );
  }
}

/** The address pair that the asset has, or will have. */
function addresses(record: IJobRecord): { nft: string; datatoken: string } {
  const { version } = record;
  return version
    ? { nft: version.nftAddress, datatoken: version.datatokenAddress }
    : (record.minted ?? record.predicted!);
}

/** How a job's mint is told from all others. */
export function tokenURI(id: string): string {
  return `urn:jupyterlab-web3:publish:${id}`;
}

/** NFT and datatoken of the factory's next mint. */
export const predict: Step = async ctx => {
  ctx.deps.ocean.willSign(ctx.record.node, ctx.record.account);
  const predicted = await onChain(() =>
    ctx.deps.ocean.predict(reader(ctx), ctx.record.chainId)
  );
  return { predicted };
};

/** The files, encrypted by the node for the addresses; one signature. */
export const encryptFiles: Step = async ctx => {
  const { deps, record } = ctx;
  await readyWallet(ctx);
  const files: INodeFile[] = record.files.map(file => ({
    type: 'ipfs',
    hash: file.stored!.cid
  }));
  if (record.sealed) {
    if (!record.wrappedKey) {
      throw new PublishError('key-lost', 'The sealing key is gone');
    }
    const key = await deps.journal.unwrap(record.id, record.wrappedKey);
    files.push(deps.ocean.keyFile(key, record.root!.cid));
  }
  const { nft, datatoken } = addresses(record);
  const data = await atNode(ctx, () =>
    deps.ocean.encryptFiles({
      node: record.node,
      chainId: record.chainId,
      account: record.account,
      nft,
      datatoken,
      files,
      sign: message => sign(ctx, message),
      signal: ctx.signal
    })
  );
  return {
    files1: { nft, datatoken, data },
    // Before the mint it may be needed again: the addresses are a prediction.
    ...(record.minted || record.version ? { wrappedKey: undefined } : {})
  };
};

/** Build the DDO, and have it checked by the node before anything is paid. */
export const ddo: Step = async ctx => {
  const { deps, record } = ctx;
  const { nft, datatoken } = addresses(record);
  const built = await deps.ocean.buildDdo({
    draft: record.draft,
    chainId: record.chainId,
    account: record.account,
    node: record.node,
    nft,
    datatoken,
    encryptedFiles: record.files1!.data,
    files: record.files,
    sealed: record.sealed ? record.sealProfile! : null,
    created: record.created,
    version: record.version
  });
  deps.ocean.willSign(record.node, record.account);
  const words = await atNode(ctx, () =>
    deps.ocean.validateDdo(record.node, built.json, record.account, ctx.signal)
  );
  if (words.length) {
    throw new PublishError('node-refused-ddo', words.join('; '));
  }
  return { ddo: { ...built, nft } };
};

/** The DDO, encrypted by the node; one signature. */
export const encryptDdo: Step = async ctx => {
  const { deps, record } = ctx;
  await readyWallet(ctx);
  const encrypted = await atNode(ctx, () =>
    deps.ocean.encryptDdo({
      node: record.node,
      chainId: record.chainId,
      account: record.account,
      json: record.ddo!.json,
      sign: message => sign(ctx, message),
      signal: ctx.signal
    })
  );
  return { ddo1: { ...addresses(record), ...encrypted } };
};

/** The mint as a transaction that is asked for once. */
export function mintTask(ctx: IStepContext): ITxTask<IMinted> {
  const { deps, record } = ctx;
  const { account, chainId, draft, id } = record;
  const common = { chainId, account, tokenURI: tokenURI(id) };
  return {
    intent: () => ctx.record.mintIntent,
    save: (mintIntent, also) => ctx.save({ ...also, mintIntent }),
    ready: () => checkBeforeMint(ctx),
    inReceipt: receipt =>
      onChain(() => deps.ocean.mintIn({ receipt, ...common })),
    effect: fromBlock =>
      onChain(() =>
        deps.ocean.findMint({ reader: reader(ctx), fromBlock, ...common })
      ),
    call: () =>
      onChain(() =>
        deps.ocean.mintCall({ reader: reader(ctx), draft, ...common })
      )
  };
}

/** The metadata as a transaction that is asked for once. */
export function metadataTask(ctx: IStepContext): ITxTask<{ hash: string }> {
  const { deps, record } = ctx;
  const { chainId, account, node } = record;
  const { nft } = addresses(record);
  // Of a version that is cancelled early there is none yet.
  const { data, hash } = record.ddo1 ?? { data: '0x', hash: '0x' };
  return {
    ready: async () => {
      const { version } = record;
      if (!version) {
        return;
      }
      // What is on its way could be a change of the record, unseen as yet.
      await nothingPending(ctx);
      const now = await onChain(() =>
        deps.ocean.recordNow({ reader: reader(ctx), chainId, nft })
      );
      // Of an asset that was withdrawn no node lists a new version.
      if (now.tx !== version.recordTx || now.withdrawn) {
        throw new PublishError(
          'record-stale',
          'The asset was changed meanwhile: nothing was written over it'
        );
      }
    },
    intent: () => ctx.record.metadataIntent,
    save: (metadataIntent, also) => ctx.save({ ...also, metadataIntent }),
    inReceipt: receipt =>
      onChain(() => deps.ocean.metadataIn({ receipt, nft, hash })),
    effect: fromBlock =>
      onChain(() =>
        deps.ocean.findMetadata({
          reader: reader(ctx),
          chainId,
          nft,
          hash,
          fromBlock
        })
      ),
    call: () =>
      onChain(() =>
        deps.ocean.metadataCall({
          reader: reader(ctx),
          chainId,
          account,
          nft,
          node,
          data,
          hash,
          isNew: !record.version
        })
      )
  };
}

/** The transaction of a job that may be asked for now, or was. */
export function openTask(ctx: IStepContext): ITxTask<unknown> {
  const { minted, version } = ctx.record;
  return minted || version ? metadataTask(ctx) : mintTask(ctx);
}

const same = (a: string, b: string): boolean =>
  a.toLowerCase() === b.toLowerCase();

/** Mint NFT, datatoken and price; what came out may not be what was predicted. */
export const mint: Step = async ctx => {
  const minted = await transact(ctx, mintTask(ctx));
  const { record } = ctx;
  const asPredicted =
    same(minted.nft, record.files1!.nft) &&
    same(minted.datatoken, record.files1!.datatoken);
  if (asPredicted) {
    return { minted, wrappedKey: undefined };
  }
  // Somebody else minted in between: encrypted for the wrong addresses. Two
  // more signatures, told by `encryptedAgain`; what was paid stays good.
  return {
    minted,
    encryptedAgain: true,
    files1: undefined,
    ddo: undefined,
    ddo1: undefined,
    done: record.done.filter(
      step => !['encrypt-files', 'ddo', 'encrypt-ddo'].includes(step)
    )
  };
};

/** Tell the chain what the asset is. */
export const metadata: Step = async ctx => {
  const { deps, record } = ctx;
  const { version } = record;
  const give = version
    ? await takeLock(
        deps.locks,
        record.id,
        assetLock(record.chainId, version.nftAddress)
      )
    : null;
  if (version && !give) {
    throw new PublishError('tx-in-flight', 'The asset is being changed');
  }
  // A prompt that nobody answers keeps the step, not the asset.
  ctx.signal.addEventListener('abort', () => give?.());
  try {
    const { hash } = await transact(ctx, metadataTask(ctx));
    return { metadata: { hash } };
  } finally {
    give?.();
  }
};

/** Wait until the node lists it. */
export const index: Step = async ctx => {
  const { deps, record } = ctx;
  const patience = new Patience(ctx);
  let looked = Date.now();
  for (let close = false; ;) {
    const { state, reason } = await atNode(ctx, () =>
      deps.ocean.indexed(
        record.node,
        record.ddo!.did,
        ctx.signal,
        close,
        // The old record is listed until then.
        record.version && record.metadata!.hash
      )
    );
    if (state === 'found') {
      break;
    }
    if (state === 'failed') {
      throw new PublishError('index-failed', reason ?? 'The index refused it');
    }
    const more = await patience.wait();
    if (!more && close) {
      throw new PublishError('index-late', 'The node has not listed it yet');
    }
    close = !more || Date.now() - looked >= CLOSE_LOOK;
    if (close) {
      looked = Date.now();
    }
  }
  const { minted, metadata, root, ddo } = record;
  const { nft, datatoken } = addresses(record);
  return {
    result: {
      did: ddo!.did,
      nftAddress: nft,
      datatokenAddress: datatoken,
      cid: root!.cid,
      txs: { mint: minted?.hash ?? '', metadata: metadata!.hash }
    }
  };
};
