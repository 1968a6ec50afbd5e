/**
 * The surroundings of a step: the record with its journal, the contents, and
 * what tells the panel.
 */
import { BlobContent, type IContent } from '../content';
import type { StepState } from '../tokens';
import type { IPublishDeps, IStepContext, StepNews } from './context';
import { messageOf, PublishError } from './errors';
import { asSeen } from './guardSeen';
import type { IJobRecord } from './record';

export interface IContextOptions {
  deps: IPublishDeps;
  record: IJobRecord;
  /** As they were given, in the session that started the job. */
  contents: readonly IContent[];
  signal: AbortSignal;
  signed: Map<string, string>;
  /** Whether the job was disposed: then nothing may be written any more. */
  gone: () => boolean;
  /** The record changed (no state), or the running step is so far. */
  told: (state?: StepState, o?: StepNews) => void;
}

export function makeContext(options: IContextOptions): IStepContext {
  const { deps, record, signal, signed, gone, told } = options;
  return {
    deps,
    record,
    signal,
    signed,
    save: async patch => {
      if (gone()) {
        throw new PublishError('reloaded', 'Disposed');
      }
      Object.assign(record, patch);
      await deps.journal.write(record);
      told();
    },
    note: patch => {
      Object.assign(record, patch);
      told();
    },
    tell: told,
    content: async index => {
      const content = await contentOf(options, index);
      const { checked } = record.members[index];
      return checked ? asSeen(content, checked) : content;
    },
    sleep: ms =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const stop = (): void => {
          clearTimeout(timer);
          reject(signal.reason);
        };
        const timer = setTimeout(() => {
          signal.removeEventListener('abort', stop);
          resolve();
        }, ms);
        signal.addEventListener('abort', stop, { once: true });
      })
  };
}

/** From this session, from where it came from, or from the journal. */
async function contentOf(
  { deps, record, contents }: IContextOptions,
  index: number
): Promise<IContent> {
  const file = record.members[index];
  if (contents[index]) {
    return contents[index];
  }
  if (file.durable) {
    try {
      // In a folder the name is the path in it, which the file alone can't tell.
      return named(await deps.reopen(file), file.path);
    } catch (cause) {
      throw new PublishError('content-unreadable', messageOf(cause), { cause });
    }
  }
  const data = await deps.journal.kept(record.id, `content/${index}`);
  if (!data) {
    throw new PublishError('content-unreadable', `"${file.path}" is gone`);
  }
  return new BlobContent({
    name: file.path,
    mediaType: file.mediaType,
    source: file.source,
    data
  });
}

function named(content: IContent, name: string): IContent {
  return {
    name,
    mediaType: content.mediaType,
    size: content.size,
    source: content.source,
    durable: content.durable,
    ...(content.cid ? { cid: content.cid } : {}),
    stream: options => content.stream(options),
    blob: options => content.blob(options)
  };
}
