/** @jest-environment node */
/**
 * The drive over a real Kubo under random operations, beside a file system in
 * memory; and random trees on their way through the drive's upload.
 */
import { execFile, execFileSync } from 'child_process';
import { mkdtempSync, rmSync } from 'fs';
import { mkdir, writeFile } from 'fs/promises';
import { tmpdir } from 'os';
import { dirname, join } from 'path';
import { promisify } from 'util';

import type { Contents } from '@jupyterlab/services';
import { ServerConnection } from '@jupyterlab/services';

import { BlobContent } from '../../content';
import { noise, Profile, random } from '../../ipfs/__tests__/pageStores';
import { DirectConnection } from '../../ipfs/connection';
import { IpfsError } from '../../ipfs/errors';
import { KuboEngine } from '../../ipfs/kubo';
import { Ipfs } from '../../ipfs/service';
import type { IIpfsEngine } from '../../tokens';
import { IpfsDrive } from '../drive';
import { ChangedSinceError, type IChange } from '../history';
import { toLocal, toMfs } from '../paths';
import { undo } from '../undo';
import { UploadBatch } from '../upload';

interface IStack {
  ipfsApi: string;
  ipfsSecret?: string;
  /** The `ipfs` binary; looked for in KUBO_PATH and PATH when absent. */
  ipfs?: string;
}

const stack = JSON.parse(process.env.WEB3_STACK ?? '{}') as IStack;
const ipfs = stack.ipfs ?? process.env.KUBO_PATH ?? 'ipfs';
const run = promisify(execFile);
const MiB = 1024 * 1024;

let folder: string;
let env: NodeJS.ProcessEnv;
let kubo: KuboEngine;
let trees = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'web3-drive-'));
  env = { ...process.env, IPFS_PATH: join(folder, 'repo') };
  execFileSync(ipfs, ['init', '--empty-repo', '--profile=unixfs-v1-2025'], {
    env,
    stdio: 'ignore'
  });
  kubo = new KuboEngine(
    new DirectConnection({ rpc: stack.ipfsApi, secret: stack.ipfsSecret })
  );
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Path below a folder to bytes or words; null for folders. */
type Tree = Map<string, Uint8Array | string | null>;

/** What `ipfs add -r` makes of it, in a repository of its own. */
async function cliCid(tree: Tree): Promise<string> {
  const root = join(folder, `tree${trees++}`);
  await mkdir(root);
  for (const [path, data] of tree) {
    await mkdir(join(root, data === null ? path : dirname(path)), {
      recursive: true
    });
    if (data !== null) {
      await writeFile(join(root, path), data);
    }
  }
  const args = ['add', '-r', '-n', '-Q', '--hidden', root];
  const { stdout } = await run(ipfs, args, { env, maxBuffer: 1 << 26 });
  return stdout.trim();
}

async function upload(
  engine: IIpfsEngine,
  into: string,
  tree: Tree
): Promise<UploadBatch> {
  const batch = new UploadBatch({
    ipfs: engine,
    folder: into,
    contents: [...tree].flatMap(([name, data]) =>
      data === null ? [] : [new BlobContent({ name, data })]
    ),
    folders: [...tree].flatMap(([name, data]) => (data === null ? [name] : [])),
    ask: async () => ({ answer: 'overwrite', all: true })
  });
  await batch.run();
  expect(batch.failures).toEqual([]);
  return batch;
}

const seeds = (short: number, long: number): number[] =>
  Array.from({ length: process.env.WEB3_LONG ? long : short }, (_, i) => i + 1);

test.each(seeds(3, 60))(
  'a random tree uploaded to the drive has the CID of `ipfs add -r`, over Kubo and in the page (seed %i)',
  async seed => {
    const below = random(seed * 15485863);
    const letters = [...'ab cd%#é🦊-_9'];
    const name = (): string =>
      Array.from(
        { length: 1 + below(9) },
        () => letters[below(letters.length)]
      ).join('');
    const tree: Tree = new Map();
    const isFile = (path: string): boolean => (tree.get(path) ?? null) !== null;
    for (let i = 0; i < 30; i++) {
      const parts = Array.from({ length: 1 + below(4) }, name);
      const above = parts
        .slice(0, -1)
        .map((_, n) => parts.slice(0, n + 1).join('/'));
      const path = parts.join('/');
      if (tree.has(path) || above.some(isFile)) {
        continue;
      }
      above.forEach(one => tree.set(one, null));
      const sizes = [0, 1, below(9000), MiB, MiB + 1, 2 * MiB + below(MiB)];
      tree.set(
        path,
        below(6) ? noise(sizes[below(sizes.length)], seed + i) : null
      );
    }
    const expected = await cliCid(tree);
    const page = new Profile().tab();
    for (const engine of [kubo, page]) {
      // A new folder at once, and into one that is there, entry by entry.
      const home = `/tree ${seed} ${Date.now()}`;
      const whole: Tree = new Map([
        ['whole', null],
        ...[...tree].map(([path, data]) => [`whole/${path}`, data] as const)
      ]);
      await engine.files.mkdir(home);
      await upload(engine, home, whole);
      await engine.files.mkdir(`${home}/parts`);
      await upload(engine, `${home}/parts`, tree);
      const cids = await Promise.all(
        ['whole', 'parts'].map(
          async one => (await engine.files.stat(`${home}/${one}`)).cid
        )
      );
      expect({ seed, cids }).toEqual({ seed, cids: [expected, expected] });
      await engine.files.rm(home, { recursive: true });
    }
    await page.dispose();
  },
  120_000
);

/** The same as the drive, in memory. */
class Model {
  constructor(public entries = new Map<string, string | null>()) {}

  isFolder = (path: string): boolean =>
    path === '' || this.entries.get(path) === null;
  parent = (path: string): string =>
    path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  free = (path: string): boolean =>
    this.isFolder(this.parent(path)) && !this.entries.has(path);
  below = (path: string): [string, string | null][] =>
    [...this.entries].filter(
      ([key]) => key === path || key.startsWith(`${path}/`)
    );
  copyTo(from: string, to: string): void {
    for (const [key, data] of this.below(from)) {
      this.entries.set(to + key.slice(from.length), data);
    }
  }
  remove(path: string): void {
    this.below(path).forEach(([key]) => this.entries.delete(key));
  }
}

const OPERATIONS = process.env.WEB3_LONG ? 120 : 60;

test.each(seeds(2, 40))(
  'random operations on the drive agree with a model, and are undone (seed %i)',
  async seed => {
    const below = random(seed * 32452843);
    const home = `model-${seed}-${Date.now()}`;
    const drive = new IpfsDrive({ ipfs: new Ipfs(kubo) });
    await kubo.files.mkdir(`/${home}`);
    const { cid: empty } = await kubo.files.stat(`/${home}`);
    const at = (path: string): string => (path ? `${home}/${path}` : home);
    const context = {
      ipfs: kubo,
      history: drive.history,
      show: () => undefined,
      rename: (from: string, to: string) =>
        drive.rename(toLocal(from), toLocal(to), 'undo')
    };
    let model = new Model();
    const recorded: IChange[] = [];
    drive.history.recorded.connect((_, change) => recorded.push(change));
    /** Changes that can still be undone, with what there was before. */
    const before: {
      change: IChange;
      entries: Map<string, string | null>;
    }[] = [];

    /** Mostly one that is there. */
    const somePath = (): string => {
      const known = [...model.entries.keys()];
      return known.length && below(5) ? known[below(known.length)] : newPath();
    };
    /** Mostly one in a folder that is there. */
    const newPath = (): string => {
      const folders = [...model.entries.keys()].filter(model.isFolder);
      const at = ['', ...folders][below(folders.length + 1)];
      const name = 'abc'[below(3)];
      return !below(6) ? `${name}/none/${name}` : at ? `${at}/${name}` : name;
    };
    const log: string[] = [];

    /** Whether it is done, and then in the model too. */
    const acts: Record<
      string,
      (a: string, b: string) => [boolean, () => Promise<unknown>]
    > = {
      save: (a, b) => {
        const should =
          model.isFolder(model.parent(a)) && model.entries.get(a) !== null;
        const content = `${b} ${below(1000)}`;
        if (should) {
          model.entries.set(a, content);
        }
        return [
          should,
          () => drive.save(at(a), { type: 'file', format: 'text', content })
        ];
      },
      folder: a => {
        const should = model.free(a);
        if (should) {
          model.entries.set(a, null);
        }
        // A folder that is there stays.
        return [
          should || model.entries.get(a) === null,
          () => drive.save(at(a), { type: 'directory' })
        ];
      },
      delete: a => {
        const should = model.entries.has(a);
        model.remove(a);
        return [should, () => drive.delete(at(a))];
      },
      rename: (a, b) => {
        const should =
          model.entries.has(a) &&
          (a === b || (model.free(b) && !b.startsWith(`${a}/`)));
        if (should && a !== b) {
          model.copyTo(a, b);
          model.remove(a);
        }
        return [should, () => drive.rename(at(a), at(b))];
      },
      copy: (a, b) => {
        const name = a.slice(a.lastIndexOf('/') + 1);
        const to = `${b}/${name}`;
        // Its own name is given to copies where it is taken: not followed here.
        const should =
          model.entries.has(a) &&
          model.entries.get(b) === null &&
          !model.entries.has(to) &&
          !`${b}/`.startsWith(`${a}/`);
        if (should) {
          model.copyTo(a, to);
        } else if (model.entries.has(to)) {
          return [true, async () => undefined];
        }
        return [should, () => drive.copy(at(a), at(b))];
      },
      upload: (a, b) => {
        const should = model.isFolder(a) || !model.entries.has(a);
        if (!should || !model.isFolder(a)) {
          return [true, async () => undefined];
        }
        const data = `uploaded ${b} ${below(1000)}`;
        const tree: Tree = new Map([[`up ${below(3)}/x/file`, data]]);
        for (const path of tree.keys()) {
          const parts = path.split('/');
          parts.forEach((_, n) => {
            const key = `${a}/${parts.slice(0, n + 1).join('/')}`;
            model.entries.set(key, n < parts.length - 1 ? null : data);
          });
        }
        return [
          true,
          async () => {
            const change = drive.history.begin('upload');
            const batch = await upload(kubo, toMfs(at(a)), tree);
            change.entries.push(...(await batch.changes()));
            await drive.history.commit(change);
          }
        ];
      },
      undo: () => {
        const last = before.pop();
        if (!last) {
          return [true, async () => undefined];
        }
        model = new Model(new Map(last.entries));
        return [true, () => undo(context, last.change)];
      }
    };

    const tell = async (action: () => Promise<unknown>): Promise<boolean> => {
      try {
        await action();
        return true;
      } catch (error) {
        const known =
          error instanceof IpfsError ||
          error instanceof ChangedSinceError ||
          error instanceof ServerConnection.ResponseError;
        if (!known) {
          throw error;
        }
        return false;
      }
    };
    const compare = async (): Promise<void> => {
      const found = new Map<string, string | null>();
      const walk = async (path: string): Promise<void> => {
        const { content } = await drive.get(at(path));
        for (const { name, type } of content as Contents.IModel[]) {
          const child = path ? `${path}/${name}` : name;
          if (type === 'directory') {
            found.set(child, null);
            await walk(child);
          } else {
            const options = { type: 'file', format: 'text' } as const;
            found.set(child, (await drive.get(at(child), options)).content);
          }
        }
      };
      await walk('');
      expect({ log, entries: [...found].sort() }).toEqual({
        log,
        entries: [...model.entries].sort()
      });
    };

    const kinds = Object.keys(acts);
    let changes = 0;
    for (let i = 0; i < OPERATIONS; i++) {
      const kind = kinds[below(kinds.length)];
      const makes = ['save', 'folder'].includes(kind);
      const a = makes ? newPath() : somePath();
      const b = kind === 'rename' ? newPath() : somePath();
      const was = new Map(model.entries);
      log.push(`${kind} ${a}, ${b}`);
      const [should, action] = acts[kind](a, b);
      const did = await tell(action);
      expect(`${log.join('; ')}: ${did}`).toBe(`${log.join('; ')}: ${should}`);
      await drive.history.settled();
      const [change] = recorded.splice(0);
      if (change && kind !== 'undo') {
        before.push({ change, entries: was });
        changes++;
      }
      if (i % 20 === 19) {
        await compare();
      }
    }
    await compare();
    expect(changes).toBeGreaterThan(OPERATIONS / 6);
    // One root: that of the same files added by the command line.
    const { cid } = await kubo.files.stat(`/${home}`);
    expect(cid).toBe(await cliCid(model.entries));

    // Step by step back to where it began.
    for (const { change } of before.reverse()) {
      await undo(context, change);
    }
    model = new Model();
    await compare();
    expect((await kubo.files.stat(`/${home}`)).cid).toBe(empty);
    await kubo.files.rm(`/${home}`, { recursive: true });
  },
  180_000
);
