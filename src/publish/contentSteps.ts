/**
 * From the content to what the node can read: content, seal, add, pin,
 * reachable. All of it can be repeated: the same bytes have the same CID.
 */
import { BlobContent, type IContent } from '../content';
import { atNode } from './atNode';
import { ZipContent } from './bundle';
import { Patience, type IStepContext, type Step } from './context';
import { codeOf, messageOf, PublishError } from './errors';
import type { IRecordFile } from './record';
import { allowsPage, isPageOnly, keepersOf } from './storage';
import { checkKept, keepElsewhere } from './storageSteps';

/** The node stops counting here. */
const NODE_LIMIT = 10 * 1024 * 1024;

async function plain(ctx: IStepContext, index: number): Promise<IContent> {
  const { zipped, members } = ctx.record;
  if (!zipped) {
    return ctx.content(index);
  }
  return new ZipContent(
    zipped,
    await Promise.all(members.map((_, i) => ctx.content(i)))
  );
}

/**
 * The bytes to be sealed, held still: what is committed to (their CID) and what
 * is sealed must be the same even if the file changes meanwhile.
 */
async function snapshot(ctx: IStepContext, index: number): Promise<IContent> {
  const { deps, record } = ctx;
  const source = await plain(ctx, index);
  const { name, mediaType } = source;
  let data = await deps.journal.kept(record.id, `plain/${index}`);
  if (!data) {
    data = await source.blob({ signal: ctx.signal });
    if (source.durable || record.zipped) {
      await deps.journal.keep(record.id, `plain/${index}`, data);
    }
  }
  return new BlobContent({ name, mediaType, data, source: source.source });
}

async function atIpfs<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (cause) {
    if (cause instanceof PublishError) {
      throw cause;
    }
    if (cause instanceof Error && cause.name === 'ContentUnreadableError') {
      throw new PublishError('content-unreadable', cause.message, { cause });
    }
    if (codeOf(cause) === 'offline') {
      throw new PublishError('ipfs-offline', messageOf(cause), { cause });
    }
    throw new PublishError('failed', messageOf(cause), { cause });
  }
}

/** What is sold: the files themselves, or one zip of them; hashed when sealed. */
export const content: Step = async ctx => {
  const { deps, record } = ctx;
  if (
    deps.ipfs.engine?.kind === 'browser' &&
    !allowsPage(record) &&
    !keepersOf(record).some(({ takes }) => takes === 'upload')
  ) {
    throw new PublishError(
      'only-here',
      'What only a page holds can be fetched by nobody'
    );
  }
  const files: IRecordFile[] = record.zipped
    ? [
        {
          path: record.zipped,
          mediaType: 'application/zip',
          size: null,
          source: null,
          durable: true
        }
      ]
    : record.members.map(member => ({ ...member }));
  if (record.sealed) {
    for (const [i, file] of files.entries()) {
      ctx.tell('running', { progress: i / files.length });
      const source = await atIpfs(() => snapshot(ctx, i));
      // Only hashed: nothing of it is stored anywhere.
      const hashed = await atIpfs(() =>
        ctx.deps.ipfs.add(source, { onlyHash: true, signal: ctx.signal })
      );
      file.cid = hashed.cid;
      file.size = hashed.size;
    }
  }
  return { files };
};

/** Encrypt what has a price, in the browser, before it goes anywhere. */
export const seal: Step = async ctx => {
  const { deps, record } = ctx;
  const key = deps.ocean.newKey();
  await ctx.save({
    wrappedKey: await deps.journal.wrap(record.id, key),
    sealProfile: deps.ocean.sealProfile
  });
  await deps.journal.drop(record.id, 'sealed/');
  const all = record.files.reduce((sum, file) => sum + (file.size ?? 0), 0);
  let before = 0;
  const files: IRecordFile[] = [];
  for (const [i, file] of record.files.entries()) {
    const { blob, commitment } = await atIpfs(async () =>
      deps.ocean.seal(await snapshot(ctx, i), {
        key,
        index: i,
        cid: file.cid!,
        signal: ctx.signal,
        onProgress: bytes =>
          ctx.tell('running', { progress: (before + bytes) / (all || 1) })
      })
    );
    await deps.journal.keep(record.id, `sealed/${i}`, blob);
    before += file.size ?? 0;
    files.push({ ...file, commitment });
  }
  return { files };
};

async function toAdd(ctx: IStepContext): Promise<IContent[]> {
  const { deps, record } = ctx;
  return Promise.all(
    record.files.map(async (file, i) => {
      if (!record.sealed) {
        return plain(ctx, i);
      }
      const data = await deps.journal.kept(record.id, `sealed/${i}`);
      if (!data) {
        // Sealed again, with a new key, by the next try.
        await ctx.save({ done: record.done.filter(step => step !== 'seal') });
        throw new PublishError('content-unreadable', 'Sealed bytes are gone');
      }
      return new BlobContent({
        name: `${i}.sealed`,
        mediaType: 'application/octet-stream',
        data
      });
    })
  );
}

/** Add to IPFS: one file as itself, several as one folder. */
export const add: Step = async ctx => {
  const { ipfs } = ctx.deps;
  const contents = await toAdd(ctx);
  const all = contents.reduce((sum, one) => sum + (one.size ?? 0), 0);
  const options = {
    signal: ctx.signal,
    onProgress: (bytes: number) =>
      ctx.tell('running', {
        progress: all ? Math.min(1, bytes / all) : undefined
      })
  };
  const { root, stored } = await atIpfs(async () => {
    if (contents.length === 1) {
      const root = await ipfs.add(contents[0], options);
      return { root, stored: [{ cid: root.cid, size: root.size }] };
    }
    const root = await ipfs.addFolder(contents, options);
    const stored = [];
    for (const one of contents) {
      const stat = await ipfs.files.stat(`/ipfs/${root.cid}/${one.name}`);
      stored.push({ cid: stat.cid, size: stat.size });
    }
    return { root, stored };
  });
  const files = ctx.record.files.map((file, i) => ({
    ...file,
    stored: stored[i],
    ...(ctx.record.sealed ? {} : { cid: stored[i].cid, size: stored[i].size })
  }));
  return { files, root: { cid: root.cid, size: root.size } };
};

/**
 * Pin, remembering whether it was pinned before, here and by all who were
 * chosen; only then let go of bytes.
 */
export const pin: Step = async ctx => {
  const { ipfs, journal } = ctx.deps;
  const { id, root } = ctx.record;
  const page = ipfs.engine?.kind === 'browser';
  try {
    const hadBefore =
      ctx.record.pin?.hadBefore ?? (await ipfs.pins.has(root!.cid));
    await ctx.save({ pin: { hadBefore, done: false, page } });
    await ipfs.pins.add(root!.cid, {
      name: `jupyterlab-web3 ${id}`,
      signal: ctx.signal
    });
  } catch (cause) {
    if (ctx.signal.aborted || cause instanceof PublishError) {
      throw cause;
    }
    // Blocks may have been collected meanwhile: the next try adds them again.
    await ctx.save({ done: ctx.record.done.filter(step => step !== 'add') });
    throw new PublishError(
      codeOf(cause) === 'offline' ? 'ipfs-offline' : 'pin-failed',
      messageOf(cause),
      { cause }
    );
  }
  ctx.note({ pin: { ...ctx.record.pin!, done: true } });
  await keepElsewhere(ctx);
  await checkKept(ctx);
  if (ctx.record.sealed || ctx.record.members.some(({ durable }) => !durable)) {
    await journal.drop(id);
  }
};

/**
 * Whether the Ocean Node itself can read every file. It counts up to 10 MiB and
 * answers length 0 for what it can't find. Nodes answer some thirty requests a
 * minute, so what it has seen is written down: a next try goes on from there.
 *
 * @throws PublishError node-cannot-see
 */
export const reachable: Step = async ctx => {
  const { ocean } = ctx.deps;
  const { node, chainId, files } = ctx.record;
  if (isPageOnly(ctx.record)) {
    // Told to publish what nobody can read yet.
    return;
  }
  for (const [i, { stored, path }] of files.entries()) {
    let patience: Patience | null = null;
    while (!ctx.record.files[i].stored?.seen) {
      const { length } = await atNode(ctx, () =>
        ocean.fileInfo(
          node,
          { type: 'ipfs', hash: stored!.cid },
          chainId,
          ctx.signal
        )
      );
      const seen =
        stored!.size <= NODE_LIMIT
          ? length === stored!.size
          : length > NODE_LIMIT;
      if (seen) {
        const found = {
          files: ctx.record.files.map((file, n) =>
            n === i ? { ...file, stored: { ...stored!, seen: true } } : file
          )
        };
        if (i === files.length - 1) {
          return found;
        }
        await ctx.save(found);
        break;
      }
      patience ??= new Patience(ctx);
      if (!(await patience.wait())) {
        throw new PublishError(
          'node-cannot-see',
          `The Ocean Node sees ${length} of ${stored!.size} bytes of "${path}" (${stored!.cid})`
        );
      }
    }
    ctx.tell('running', { progress: (i + 1) / files.length });
  }
};
