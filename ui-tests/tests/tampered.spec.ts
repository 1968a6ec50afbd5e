/**
 * Sealed content that somebody changed on its way: refused in words, and nothing
 * of it is written; what is right opens outside the suite as well.
 */
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Page } from '@playwright/test';

import { addScriptedWallet, expect, run, stack, test } from '../fixtures';
import { assetPage, become, logIn, payment, prompts } from '../trading';

const SELLER = 3;
const BUYER = 1;
/** A file of three chunks. */
const SIZE = 2.5 * 1024 * 1024;
const CHUNKS = 3;

type Tampering = 'flip' | 'cut' | 'swap' | 'key';
interface ITampering {
  how: Tampering | null;
  /** Whether the Ocean Node's copy is changed, too. */
  everywhere: boolean;
  /** What the node gave as the key, as it was. */
  key: string;
}
type Tampered = Window & { tampering: ITampering };

/** Stands between the page and what it fetches of sealed content. */
function tamper(): void {
  const tampering: ITampering = { how: null, everywhere: true, key: '' };
  (window as unknown as Tampered).tampering = tampering;
  const HEADER = 40;
  const CHUNK = 1024 * 1024 + 16;
  const changed = (bytes: Uint8Array, at: number): Uint8Array => {
    switch (tampering.how) {
      case 'flip':
        bytes[at + CHUNK + 5] ^= 1;
        return bytes;
      case 'cut':
        return bytes.subarray(0, at + CHUNK);
      case 'swap': {
        const first = bytes.slice(at, at + CHUNK);
        bytes.copyWithin(at, at + CHUNK, at + 2 * CHUNK);
        bytes.set(first, at + CHUNK);
        return bytes;
      }
      default:
        return bytes;
    }
  };
  const real = window.fetch;
  window.fetch = async (input, init) => {
    const response = await real(input, init);
    const { pathname, searchParams } = new URL(
      response.url || location.href,
      location.href
    );
    const file = pathname.endsWith('/services/download')
      ? searchParams.get('fileIndex')
      : null;
    if (file === '1') {
      const text = await response.text();
      tampering.key = text;
      const other = text.replace(/k=(.)/, (_, digit: string) =>
        digit === '0' ? 'k=1' : 'k=0'
      );
      return new Response(tampering.how === 'key' ? other : text, response);
    }
    const cat = pathname.endsWith('/web3/ipfs/cat');
    if (!tampering.how || !(cat || (file === '0' && tampering.everywhere))) {
      return response;
    }
    const bytes = new Uint8Array(await response.arrayBuffer());
    const offset = Number(searchParams.get('offset') ?? 0);
    // The look at the header alone, or what goes on after it.
    return new Response(
      (bytes.length > HEADER
        ? changed(bytes, offset < HEADER ? HEADER : 0)
        : bytes) as BodyInit,
      response
    );
  };
}

const set = (page: Page, values: Partial<ITampering>): Promise<void> =>
  page.evaluate(wanted => {
    Object.assign((window as unknown as Tampered).tampering, wanted);
  }, values);

const local = (path: string): string => join(stack().workspace, path);

test.use({ actionTimeout: 15_000 });
test.setTimeout(240_000);

test('a wrong key, and chunks that are changed, missing or swapped, are refused; nothing is written', async ({
  page,
  context,
  tmpPath
}, info) => {
  await addScriptedWallet(context);
  await context.addInitScript(tamper);
  await logIn(page, SELLER);
  const token = await payment(page);
  const bytes = randomBytes(SIZE);
  const name = `Chunks ${tmpPath}`;
  const file = `chunks-${Date.now()}.bin`;
  writeFileSync(local(`${tmpPath}/${file}`), bytes);
  const { did, cid } = await run<{ did: string; cid: string }>(
    page,
    'ocean:publish',
    {
      path: `${tmpPath}/${file}`,
      silent: true,
      draft: {
        name,
        description: 'Bytes that somebody changes on their way.',
        license: 'CC0-1.0',
        type: 'dataset',
        price: { kind: 'fixed', amount: '1', token: token.address }
      }
    }
  );
  await become(page, BUYER);
  await run(page, 'market:buy', { did });
  await run(page, 'market:asset', { did });
  const asset = assetPage(page, name);
  const download = asset.getByRole('button', { name: 'Download', exact: true });
  const saved = local(`downloads/${file}`);
  for (const how of ['key', 'flip', 'cut', 'swap'] as const) {
    await test.step(how, async () => {
      await set(page, { how });
      await download.click();
      await expect(asset.getByRole('alert')).toContainText(
        'Refused: what came is not what the publisher promised. It was thrown away; nothing was written.'
      );
      await expect(
        asset.getByRole('group', { name: 'Partial download' })
      ).toHaveCount(0);
      expect(existsSync(saved)).toBe(false);
    });
  }
  // Only what IPFS nodes give is wrong: the Ocean Node's copy is taken.
  await prompts(page);
  await set(page, { how: 'flip', everywhere: false });
  await download.click();
  await expect(asset.getByRole('group', { name: 'Downloaded' })).toContainText(
    'Checked: it is exactly what the publisher promised.'
  );
  expect(await prompts(page)).toEqual([]);
  expect(readFileSync(saved).equals(bytes)).toBe(true);

  // The key that buyers get opens the ciphertext without the suite, too.
  const [, key] = /^\?k=([0-9a-f]{64})&c=/.exec(
    await page.evaluate(() => (window as unknown as Tampered).tampering.key)
  )!;
  const answer = await fetch(new URL(`/ipfs/${cid}`, stack().gateway));
  const sealed = Buffer.from(await answer.arrayBuffer());
  expect(sealed.length).toBe(40 + SIZE + 16 * CHUNKS);
  const at = (end: string): string => info.outputPath(end);
  writeFileSync(at('sealed'), sealed);
  writeFileSync(at('key'), key);
  execFileSync(
    join(__dirname, '..', '..', '.venv', 'bin', 'python'),
    [
      ...['-m', 'jupyterlab_web3.seal', 'unseal'],
      ...['--key', at('key'), at('sealed'), at('plain')]
    ],
    { cwd: join(__dirname, '..', '..') }
  );
  const digest = (data: Buffer): string =>
    createHash('sha256').update(data).digest('hex');
  expect(digest(readFileSync(at('plain')))).toBe(digest(bytes));
});
