/** Where the `ipfs` binary comes from: KUBO_PATH, PATH, the cache, or a build. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { StackError } from './errors.mjs';
import { atLeast, buildGoTool, executable, onPath } from './goTool.mjs';
import { cacheFolder } from './paths.mjs';

export { atLeast, onPath } from './goTool.mjs';

const run = promisify(execFile);

export const KUBO_VERSION = '0.43.0';
/** `files/cp?force=true` came with it. */
const OLDEST = [0, 42];

async function versionOf(path) {
  const { stdout } = await run(path, ['version', '--number']);
  return stdout.trim();
}

/**
 * Path of an `ipfs` binary that is new enough; builds it when there is none.
 *
 * @param {(word: string) => void} [say] - told what takes long or is passed over
 * @throws {StackError} `kubo-path`, `go-missing`, `go-old`, `kubo-build`
 */
export async function findKubo(say = () => undefined) {
  const named = process.env.KUBO_PATH;
  if (named) {
    if (!executable(named)) {
      throw new StackError(
        'kubo-path',
        `KUBO_PATH names ${named}, which is no program.`
      );
    }
    return named;
  }
  const found = onPath('ipfs');
  if (found) {
    const version = await versionOf(found).catch(error => error.message);
    if (/^\d/.test(version) && atLeast(version, OLDEST)) {
      return found;
    }
    say(
      `${found} is passed over: Kubo ${OLDEST.join('.')} or newer is needed, it says ${version}`
    );
  }
  const cached = join(cacheFolder(), `kubo-${KUBO_VERSION}`, 'ipfs');
  if (!executable(cached)) {
    say(`building Kubo ${KUBO_VERSION} (once; one to five minutes)`);
    await buildGoTool({
      label: 'Kubo',
      folder: 'kubo',
      tool: 'github.com/ipfs/kubo/cmd/ipfs',
      target: cached,
      otherwise: ', or an ipfs binary named by KUBO_PATH',
      code: 'kubo-build'
    });
  }
  return cached;
}
