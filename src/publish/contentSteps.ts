/**
 * From the content to what the node can read: content, seal, add, pin,
 * reachable. All of it can be repeated: the same bytes have the same CID.
 */
import type { IContent } from '../content';
import { FileHasher } from '../ipfs/fileTree';
import { atNode } from './atNode';
import { ZipContent } from './bundle';
import { Patience, type IStepContext, type Step } from './context';
import { codeOf, messageOf, PublishError } from './errors';
import { cidsInTheClear } from './inTheClear';
import type { IRecordFile } from './record';
import { allowsPage, isPageOnly, keepersOf } from './storage';
import { startOver } from './startOver';
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

/** What is sold: the files themselves, or one zip of them. */
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
  return { files };
};

/**
 * Encrypt in the browser, before anything goes anywhere, straight into the
 * engine: read once, so that what is committed to and what is sealed are the
 * same even where the file changes meanwhile, and nothing of it is held.
 *
 * Each sealing has a key of its own. What a try before left half-way at the
 * engine is ciphertext that nothing pins, under a key that nobody has.
 */
export const seal: Step = async ctx => {
  const { deps, record } = ctx;
  // What was sealed before has another key: nothing made of it fits this one.
  await startOver(ctx);
  const key = deps.ocean.newKey();
  await ctx.save({
    wrappedKey: await deps.journal.wrap(record.id, key),
    sealProfile: deps.ocean.sealProfile
  });
  const all = record.files.every(({ size }) => size !== null)
    ? record.files.reduce((sum, { size }) => sum + size!, 0)
    : null;
  const seen = record.files.map(() => new FileHasher());
  const entries = record.files.map((_file, i) => ({
    name: `${i}.sealed`,
    stream: deps.ocean.seal(passing(ctx, i, seen[i]), { key, index: i })
  }));
  const added = await atIpfs(() =>
    deps.addStreams(entries, {
      folder: entries.length > 1,
      signal: ctx.signal,
      onProgress: bytes =>
        ctx.tell('running', {
          progress: all ? Math.min(1, bytes / all) : undefined
        })
    })
  );
  const trees = await Promise.all(seen.map(one => one.end()));
  // Now that all CIDs are known, however large: before anything is pinned.
  const clear = await cidsInTheClear(
    deps.journal,
    trees.map(({ cid }) => cid.toString())
  );
  if (clear.length) {
    throw new PublishError(
      'already-public',
      `Published in the clear before: ${clear.join(', ')}`
    );
  }
  const files: IRecordFile[] = [];
  for (const [i, file] of record.files.entries()) {
    const { cid, size } = trees[i];
    files.push({
      ...file,
      size,
      cid: cid.toString(),
      commitment: await deps.ocean.commit(cid.bytes, key),
      stored: added.files[i]
    });
  }
  return { files, root: added.root };
};

/** The plaintext of a file, hashed as it passes by. */
async function* passing(
  ctx: IStepContext,
  index: number,
  hasher: FileHasher
): AsyncGenerator<Uint8Array> {
  const source = await plain(ctx, index);
  const options = { signal: ctx.signal, passing: true };
  for await (const part of source.stream(options)) {
    ctx.signal.throwIfAborted();
    await hasher.write(part);
    yield part;
  }
}

/** Add to IPFS: one file as itself, several as one folder. */
export const add: Step = async ctx => {
  const { ipfs } = ctx.deps;
  if (ctx.record.sealed) {
    // Sealing added it. Where it did not (a job of an older version), it does.
    return ctx.record.root ? undefined : seal(ctx);
  }
  const contents = await Promise.all(
    ctx.record.files.map((_file, i) => plain(ctx, i))
  );
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
  if (ctx.record.root?.cid !== root.cid) {
    // Added again, and it is another content by now.
    await startOver(ctx);
  }
  const files = ctx.record.files.map((file, i) => ({
    ...file,
    stored: stored[i],
    cid: stored[i].cid,
    size: stored[i].size
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
    // Sealed ones are made anew for that, which is not done for an absent node.
    const isOffline = codeOf(cause) === 'offline';
    if (!ctx.record.sealed || !isOffline) {
      await ctx.save({
        done: ctx.record.done.filter(step => step !== 'add' && step !== 'seal')
      });
    }
    throw new PublishError(
      isOffline ? 'ipfs-offline' : 'pin-failed',
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
