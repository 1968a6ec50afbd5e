/**
 * Sealed content from one account to another: what arrives, what others see of
 * it, and a download that breaks off.
 */
import { createHash, randomBytes } from 'node:crypto';
import {
  appendFileSync,
  createReadStream,
  mkdirSync,
  rmSync,
  unlinkSync,
  writeFileSync
} from 'node:fs';
import { join } from 'node:path';

import { chromium, type Locator, type Page } from '@playwright/test';

import { addScriptedWallet, expect, run, stack, test } from '../fixtures';
import { CHROMIUM_ARGS, openLab, ready } from '../lab.mjs';
import { watched } from '../memory.mjs';
import { dialog } from '../publishing';

test.use({ actionTimeout: 15_000 });
test.setTimeout(240_000);

const MIB = 1024 * 1024;
/** Sizes of what is sold; the longer ones are for `npm run test:long`. */
const SIZES = process.env.WEB3_LONG ? [128, 1024, 4096] : [128];
/**
 * MiB that the page may hold meanwhile, whatever the size: it is some 40, and
 * less than the smallest file, so that what kept a whole one would fail.
 */
const CONSTANT = 96;
/** Bytes of the pieces that a broken download is kept in. */
const PIECE = 16 * MIB;
/** As the sealed format has it: header, and chunks with their tags. */
const HEADER = 40;
const chunkAt = (chunk: number): number => HEADER + chunk * (MIB + 16);

const SELLER = 3;
const BUYER = 1;

interface IDownloaded {
  path: string;
  cid: string;
  verified: boolean;
}

/** What the page fetched of content by its CID, and where that is cut. */
interface ITraffic {
  reads: { offset: number; bytes: number }[];
  /** Bytes of content after which the connection breaks, for good. */
  cut: number | null;
  down: boolean;
}
/** The window with the traffic in it. */
type Watched = Window & { traffic: ITraffic };

/** Counts what comes from IPFS, and breaks it when told. */
function watchTraffic(): void {
  const traffic: ITraffic = { reads: [], cut: null, down: false };
  (window as unknown as Watched).traffic = traffic;
  const real = window.fetch;
  const broken = (): TypeError => new TypeError('Failed to fetch');
  window.fetch = async (input, init) => {
    const url = new URL(
      input instanceof Request ? input.url : String(input),
      location.href
    );
    const isCat = url.pathname.endsWith('/web3/ipfs/cat');
    if (traffic.down && (isCat || url.pathname.includes('/web3/ocean/'))) {
      throw broken();
    }
    const response = await real(input, init);
    if (!isCat || !response.body) {
      return response;
    }
    const read = {
      offset: Number(url.searchParams.get('offset') ?? 0),
      bytes: 0
    };
    traffic.reads.push(read);
    const counted = response.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform: (part, controller) => {
          read.bytes += part.length;
          if (traffic.cut !== null && read.bytes > traffic.cut) {
            traffic.down = true;
            controller.error(broken());
            return;
          }
          controller.enqueue(part);
        }
      })
    );
    return new Response(counted, response);
  };
}

/** The window with what the node gave as the second file of an asset. */
type Handed = Window & { handed: string };

function keepKey(): void {
  const real = window.fetch;
  window.fetch = async (input, init) => {
    const response = await real(input, init);
    const url = new URL(response.url || location.href);
    if (
      url.pathname.endsWith('/services/download') &&
      url.searchParams.get('fileIndex') === '1'
    ) {
      (window as unknown as Handed).handed = await response.clone().text();
    }
    return response;
  };
}

/** A file of random bytes with a text in it here and there; its sha256. */
function makeFile(path: string, size: number, marker: string): string {
  writeFileSync(path, '');
  const hash = createHash('sha256');
  for (let at = 0; at < size; at += MIB) {
    const part = randomBytes(Math.min(MIB, size - at));
    part.write(marker);
    appendFileSync(path, part);
    hash.update(part);
  }
  return hash.digest('hex');
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path)) {
    hash.update(part as Buffer);
  }
  return hash.digest('hex');
}

async function become(page: Page, at: number): Promise<void> {
  await page.evaluate(
    who => window.scriptedWallet.switchAccount(who),
    stack().accounts[at].address
  );
}

async function publish(
  page: Page,
  path: string,
  name: string,
  terms: object = {}
): Promise<{ did: string; cid: string }> {
  await become(page, SELLER);
  const token = await page.evaluate(async () => {
    const info = await (await fetch('/web3/config')).json();
    return info.chain.paymentTokens[0].address as string;
  });
  return run(page, 'ocean:publish', {
    path,
    silent: true,
    draft: {
      name,
      description: 'Bytes that a browser test sells.',
      license: 'CC0-1.0',
      type: 'dataset',
      price: { kind: 'fixed', amount: '1', token },
      ...terms
    }
  });
}

const local = (path: string): string => join(stack().workspace, path);
const asset = (page: Page, name: string): Locator =>
  page.getByRole('article', { name, exact: true });

test.beforeEach(async ({ page, context }) => {
  await addScriptedWallet(context);
  await context.addInitScript(watchTraffic);
  await page.reload();
  await ready(page);
  await run(page, 'wallet:connect', { wallet: 'test.scripted.wallet' });
});

for (const size of SIZES) {
  test.describe(`${size} MiB`, () => {
    test.setTimeout(240_000 + size * 500);

    test('a large file arrives as it was, and nobody else sees anything of it', async ({
      tmpPath
    }, info) => {
      const profile = info.outputPath('profile');
      await sellLarge(size * MIB + 12_345, tmpPath, profile);
    });
  });
}

/** Publish, buy, download; then look at what is public of it. */
async function sellLarge(
  size: number,
  folder: string,
  profile: string
): Promise<void> {
  const marker = 'a line that only buyers may read';
  const file = `${folder}/large.bin`;
  const digest = makeFile(local(file), size, marker);
  // Without a profile a browser keeps all that it stores in memory.
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM_PATH,
    args: CHROMIUM_ARGS
  });
  let cid: string;
  let did: string;
  let key: string;
  try {
    await addScriptedWallet(context);
    await context.addInitScript(keepKey);
    const page: Page = await openLab(context, stack().lab);
    await run(page, 'wallet:connect', { wallet: 'test.scripted.wallet' });
    const up = await watched(page, () => publish(page, file, 'A large one'), {
      held: true
    });
    ({ did, cid } = up.value);
    unlinkSync(local(file));
    await become(page, BUYER);
    await run(page, 'market:buy', { did });
    const down = await watched(
      page,
      () =>
        run<IDownloaded>(page, 'market:download', {
          did,
          to: `${folder}/got/`
        }),
      { held: true }
    );
    const got = down.value;
    expect(got.verified).toBe(true);
    expect(got.cid).not.toBe(cid);
    expect(await sha256(local(got.path))).toBe(digest);
    unlinkSync(local(got.path));
    [, key] = /^\?k=([0-9a-f]{64})&c=/.exec(
      await page.evaluate(() => (window as unknown as Handed).handed)
    )!;
    expect(up.peak, 'MiB while sealing').toBeLessThan(CONSTANT);
    expect(down.peak, 'MiB while downloading').toBeLessThan(CONSTANT);
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
  // Anybody may fetch the ciphertext by its CID.
  const { gateway, oceanNode } = stack();
  const answer = await fetch(new URL(`/ipfs/${cid}`, gateway));
  expect(answer.ok).toBe(true);
  let bytes = 0;
  let before = Buffer.alloc(0);
  for await (const part of answer.body!) {
    const seen = Buffer.concat([before, part]);
    expect(seen.includes(marker)).toBe(false);
    before = Buffer.from(seen.subarray(-marker.length));
    bytes += part.length;
  }
  expect(bytes).toBe(HEADER + size + 16 * Math.ceil(size / MIB));

  // What its node tells of it to anybody names no key.
  const ddo = (await (
    await fetch(new URL(`/api/aquarius/assets/ddo/${did}`, oceanNode))
  ).json()) as { services: { id: string }[] };
  const told = await fetch(new URL('/api/services/fileInfo', oceanNode), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ did, serviceId: ddo.services[0].id })
  });
  expect(told.ok).toBe(true);
  const infos = await told.text();
  expect(JSON.parse(infos)).toHaveLength(2);
  expect(infos.toLowerCase()).not.toContain(key);
  expect(JSON.stringify(ddo).toLowerCase()).not.toContain(key);
  expect(JSON.stringify(ddo)).not.toContain(cid);
}

test('a download that breaks off goes on: after a cut, after a reload, or not', async ({
  page,
  tmpPath
}) => {
  const size = 50 * MIB + 1;
  const digest = makeFile(local(`${tmpPath}/cut.bin`), size, 'x');
  const name = 'Often cut';
  const { did } = await publish(page, `${tmpPath}/cut.bin`, name);
  await become(page, BUYER);
  await run(page, 'market:asset', { did });
  const shown = asset(page, name);
  await run(page, 'market:buy', { did });
  const download = shown.getByRole('button', { name: 'Download', exact: true });
  const kept = shown.getByRole('group', { name: 'Partial download' });
  await expect(download).toBeVisible();
  await expect(kept).toHaveCount(0);

  /** What was read of the content, without the look at the header. */
  const reads = (): Promise<ITraffic['reads']> =>
    page.evaluate(() =>
      (window as unknown as Watched).traffic.reads.filter(
        ({ bytes }) => bytes > 40
      )
    );
  /** From now on a connection gives this much, and then there is none. */
  const cutAfter = (bytes: number): Promise<void> =>
    page.evaluate(cut => {
      const { traffic } = window as unknown as Watched;
      Object.assign(traffic, { cut, down: false, reads: [] });
    }, bytes);

  await cutAfter(20 * MIB);
  await download.click();
  await expect(shown.getByRole('alert')).toContainText(
    'The download broke off. 16.8 MB of it are kept in this browser'
  );
  await expect(kept).toContainText('16.8 MB of it are in this browser');

  // Cut once more, now further on.
  await cutAfter(20 * MIB);
  await download.click();
  await expect(kept).toContainText('33.6 MB of it are in this browser');
  expect((await reads())[0].offset).toBe(chunkAt(PIECE / MIB));

  await page.reload();
  await ready(page);
  await run(page, 'market:asset', { did });
  await expect(kept).toContainText('33.6 MB of it are in this browser');
  await download.click();
  await expect(shown.getByRole('group', { name: 'Downloaded' })).toContainText(
    'Checked: it is exactly what the publisher promised.'
  );
  // Only what was missing came.
  const [last, ...more] = await reads();
  expect(more).toEqual([]);
  expect(last.offset).toBe(chunkAt((2 * PIECE) / MIB));
  expect(last.bytes).toBe(
    HEADER + size + 16 * Math.ceil(size / MIB) - last.offset
  );
  await expect(kept).toHaveCount(0);
  expect(await sha256(local('downloads/cut.bin'))).toBe(digest);

  // Who does not want it lets go of it.
  await cutAfter(20 * MIB);
  await shown.getByRole('button', { name: 'Download again' }).click();
  await kept.getByRole('button', { name: 'Discard partial download' }).click();
  await expect(kept).toHaveCount(0);
  await page.reload();
  await ready(page);
  await run(page, 'market:asset', { did });
  await expect(download).toBeVisible();
  await expect(kept).toHaveCount(0);
});

test('a folder is sealed file by file, and comes back as a folder', async ({
  page,
  tmpPath
}) => {
  const files = {
    'a.csv': 'a,b\n1,2\n',
    'deep/er/b.txt': 'b',
    'empty.txt': ''
  };
  for (const [name, text] of Object.entries(files)) {
    const path = local(`${tmpPath}/set/${name}`);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
  }
  const { did, cid } = await publish(page, `${tmpPath}/set`, 'A sealed folder');
  await become(page, BUYER);
  await run(page, 'market:buy', { did });
  const got = await run<IDownloaded>(page, 'market:download', {
    did,
    to: `${tmpPath}/got`
  });
  expect(got).toMatchObject({ path: `${tmpPath}/got`, verified: true });
  for (const [name, text] of Object.entries(files)) {
    expect(await sha256(local(`${got.path}/${name}`))).toBe(
      createHash('sha256').update(text).digest('hex')
    );
  }
  const first = await fetch(new URL(`/ipfs/${cid}/0.sealed`, stack().gateway));
  expect(Buffer.from(await first.arrayBuffer()).toString('latin1', 0, 8)).toBe(
    'web3seal'
  );
});

test('free content is sealed by choice: a free order opens it', async ({
  page,
  tmpPath
}) => {
  const text = 'free,but,sealed\n1,2,3\n';
  writeFileSync(local(`${tmpPath}/free.csv`), text);
  const name = 'Free but sealed';
  const { did, cid } = await publish(page, `${tmpPath}/free.csv`, name, {
    price: { kind: 'free' },
    seal: true
  });
  const raw = await fetch(new URL(`/ipfs/${cid}`, stack().gateway));
  expect(await raw.text()).not.toContain('free,but');
  await become(page, BUYER);
  await run(page, 'market:asset', { did });
  const shown = asset(page, name);
  // Not by anybody: it has to be ordered.
  await page.evaluate(() => window.scriptedWallet.prompts.splice(0));
  await shown.getByRole('button', { name: 'Get for free' }).click();
  await shown.getByRole('button', { name: 'Download', exact: true }).click();
  await expect(shown.getByRole('group', { name: 'Downloaded' })).toContainText(
    'Checked: it is exactly what the publisher promised.'
  );
  const prompts = await page.evaluate(() =>
    window.scriptedWallet.prompts.map(({ method }) => method)
  );
  expect(
    prompts.filter(method => method === 'eth_sendTransaction').length
  ).toBe(prompts.length - 1);
  expect(await sha256(local('downloads/free.csv'))).toBe(
    createHash('sha256').update(text).digest('hex')
  );
});

test('the dialog offers to seal what is free, and says what that does', async ({
  page,
  tmpPath
}) => {
  const path = `${tmpPath}/choice.csv`;
  writeFileSync(local(path), 'a,b\n1,2\n');
  await page.evaluate(file => {
    void window.jupyterapp.commands.execute('ocean:publish', { path: file });
  }, path);
  const shown = dialog(page);
  const sealed = shown.getByText('It is sealed: encrypted here');
  const stays = shown.getByText('the content stays public');
  await expect(stays).toBeVisible();
  await expect(sealed).toHaveCount(0);
  await shown.getByText('More: kind, author, sample').click();
  const box = shown.getByRole('checkbox', {
    name: 'Seal it, although it is free'
  });
  await box.check();
  await expect(sealed).toBeVisible();
  await expect(stays).toHaveCount(0);
  // What has a price is sealed anyhow: nothing to choose.
  await shown.getByRole('radio', { name: 'Fixed price' }).check();
  await expect(box).toHaveCount(0);
  await expect(
    shown.getByText('Because it has a price it is sealed')
  ).toBeVisible();
  await shown.getByRole('radio', { name: 'Free' }).check();
  await box.uncheck();
  await expect(stays).toBeVisible();
});
