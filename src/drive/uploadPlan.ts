/**
 * Where the files of an upload go; of names that are taken the person is asked.
 */
import type { IContent } from '../content';
import { IpfsCancelledError } from '../ipfs/errors';
import type { IIpfs } from '../tokens';
import { keepBothName } from './names';
import { joinMfs, parentOf } from './paths';
import type { ITask, Looked } from './wholeFolders';

/** What to do with a name that is taken. */
export type ConflictAnswer = 'overwrite' | 'keep-both' | 'skip';

/**
 * Asked once for each name that is taken; `more` further ones wait. Resolving to
 * null cancels the batch; `all` answers for the rest too.
 */
export type AskConflict = (
  name: string,
  more: number,
  isFolder: boolean
) => Promise<{ answer: ConflictAnswer; all: boolean } | null>;

/** What is in a folder, by name. */
type Names = Map<string, 'file' | 'directory'>;

/**
 * One listing a folder that exists, none a file.
 *
 * @param o.folder - MFS path of the folder to upload into
 * @param o.onSkip - told of what the person wants left out
 * @throws IpfsCancelledError when the person closes the question
 */
export async function planUpload(o: {
  ipfs: Pick<IIpfs, 'files'>;
  looked: Looked;
  folder: string;
  contents: readonly IContent[];
  ask: AskConflict;
  onSkip: (content: IContent) => void;
}): Promise<ITask[]> {
  const { folder, contents, ask } = o;
  const targets = contents.map(content => joinMfs(folder, content.name));
  const taken = new Map<string, Names>();
  for (const target of targets) {
    const parent = parentOf(target);
    if (!taken.has(parent)) {
      taken.set(parent, await namesIn(parent, o));
    }
  }
  let standing: ConflictAnswer | null = null;
  const tasks: ITask[] = [];
  for (const [i, content] of contents.entries()) {
    const names = taken.get(parentOf(targets[i]))!;
    const name = targets[i].slice(targets[i].lastIndexOf('/') + 1);
    const there = names.get(name);
    let final = name;
    let replaces = false;
    if (there) {
      let answer: ConflictAnswer | null = standing;
      if (!answer || (answer === 'overwrite' && there === 'directory')) {
        const reply = await ask(
          name,
          contents.length - i - 1,
          there === 'directory'
        );
        if (!reply) {
          throw new IpfsCancelledError();
        }
        answer = reply.answer;
        standing = reply.all ? reply.answer : null;
      }
      if (answer === 'skip') {
        o.onSkip(content);
        continue;
      }
      if (answer === 'keep-both') {
        final = keepBothName(name, names);
      }
      replaces = final === name;
    }
    names.set(final, 'file');
    const target = joinMfs(parentOf(targets[i]), final);
    tasks.push({ content, target, replaces });
  }
  return tasks;
}

async function namesIn(
  folder: string,
  { ipfs, looked }: { ipfs: Pick<IIpfs, 'files'>; looked: Looked }
): Promise<Names> {
  if ((await looked.at(folder)) !== 'directory') {
    return new Map();
  }
  const entries = await ipfs.files.ls(folder);
  return new Map(entries.map(entry => [entry.name, entry.type]));
}
