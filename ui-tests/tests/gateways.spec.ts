/** Verified reading in the page: gateways that lie are named, and dropped. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { galata } from '@jupyterlab/galata';
import type { Page } from '@playwright/test';

import {
  BAD,
  badGateway,
  type IBadGateway
} from '../../src/ipfs/__tests__/badGateways';
import { expect, run, stack, test as base } from '../fixtures';
import { ipfs } from '../kubo';

const MIB = 2 ** 20;

interface IVerified {
  path: string | null;
  cid: string;
  size: number;
  blocks: number;
  verified: boolean | null;
  from: string;
  gateways: string[];
  faults: { gateway: string; kind: string; detail: string }[];
}

/** What the settings name; filled by each test's fixture. */
interface IFixtures {
  bad: IBadGateway[];
  elsewhere: { url: string; cid: string; folder: string };
  use: 'bad then good' | 'bad' | 'elsewhere' | 'none';
  /** False: as where no Kubo runs. */
  kubo: boolean;
}

/** A node of its own, that the stack's node does not know, behind a gateway. */
async function otherNode(
  folder: string
): Promise<{ server: Server; url: string; cid: string }> {
  const repo = join(folder, 'repo');
  const env = { ...process.env, IPFS_PATH: repo };
  const cli = (...args: string[]): Buffer =>
    execFileSync(stack().ipfs, args, { env, maxBuffer: 64 << 20 });
  cli('init', '--empty-repo', '--profile=unixfs-v1-2025');
  const data = join(folder, 'elsewhere');
  mkdirSync(join(data, 'deep'), { recursive: true });
  writeFileSync(join(data, 'large.bin'), randomBytes(3 * MIB));
  writeFileSync(join(data, 'deep', 'note.txt'), 'only elsewhere\n');
  const cid = cli('add', '-r', '-Q', '--progress=false', data)
    .toString()
    .trim();
  const server = createServer((request, response) => {
    response.setHeader('Access-Control-Allow-Origin', '*');
    const [, wanted] = /^\/ipfs\/([^/?]+)/.exec(request.url ?? '') ?? [];
    const car = request.url?.includes('format=car');
    try {
      const body = car
        ? cli('dag', 'export', '--progress=false', wanted)
        : cli('block', 'get', wanted);
      response.setHeader(
        'Content-Type',
        `application/vnd.ipld.${car ? 'car' : 'raw'}`
      );
      response.end(body);
    } catch (error) {
      console.log(String(error));
      response.writeHead(404);
      response.end();
    }
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { server, url: `http://127.0.0.1:${port}`, cid };
}

const test = base.extend<IFixtures>({
  use: ['none', { option: true }],
  kubo: [true, { option: true }],
  context: async ({ context, kubo }, use) => {
    if (!kubo) {
      await context.route('**/web3/ipfs/**', route =>
        route.fulfill({
          status: 502,
          json: { code: 'upstream-unreachable', message: 'Nothing is there' }
        })
      );
    }
    await use(context);
  },
  bad: async ({ use: _which }, use) => {
    const other = ipfs('add', '-Q', '--pin=false', __filename).trim();
    const all = await Promise.all(
      BAD.map(kind => badGateway(stack().gateway, kind, { other }))
    );
    await use(all);
    await Promise.all(all.map(one => one.close()));
  },
  elsewhere: async ({ use: _which }, use, info) => {
    const { server, url, cid } = await otherNode(info.outputPath());
    await use({ url, cid, folder: info.outputPath('elsewhere') });
    server.close();
    server.closeAllConnections();
  },
  mockSettings: async ({ use: which, bad, elsewhere }, use) => {
    const gateways = {
      none: [],
      bad: bad.map(({ url }) => url),
      'bad then good': [...bad.map(({ url }) => url), stack().gateway],
      elsewhere: [elsewhere.url]
    }[which];
    await use({
      ...galata.DEFAULT_SETTINGS,
      'jupyterlab-web3:ipfs': { rpc: '', gateway: '', gateways }
    });
  }
});

/** A file of several blocks on the drive, by the node's command line. */
function putFile(folder: string): { path: string; cid: string; size: number } {
  const size = 3 * MIB + 5;
  const local = join(folder, 'several blocks.bin');
  writeFileSync(local, randomBytes(size));
  const cid = ipfs(
    'add',
    '-Q',
    '--pin=false',
    '--progress=false',
    local
  ).trim();
  const name = `verify-${randomBytes(4).toString('hex')}.bin`;
  ipfs('files', 'cp', `/ipfs/${cid}`, `/${name}`);
  return { path: `ipfs:${name}`, cid, size };
}

const notice = (page: Page, text: string | RegExp) =>
  page.locator('.Toastify__toast').filter({ hasText: text });

test.describe('five bad gateways and a good one', () => {
  test.use({ use: 'bad then good' });

  test('5 of 5 are named, the good one finishes', async ({
    page,
    bad
  }, info) => {
    const file = putFile(info.outputPath());
    const result = await run<IVerified>(page, 'ipfs:verify', {
      path: file.path
    });
    expect(result).toMatchObject({
      ...file,
      blocks: 5,
      verified: true,
      from: 'gateways',
      gateways: [stack().gateway]
    });
    expect(result.faults.map(({ gateway }) => gateway).sort()).toEqual(
      bad.map(({ url }) => url).sort()
    );
    const told = notice(page, '5 gateways were refused.');
    await expect(told).toContainText('is what its CID says: 5 blocks');
    await told.getByRole('button', { name: 'Details' }).click();
    const details = page.getByRole('dialog');
    for (const { url } of bad) {
      await expect(details).toContainText(new URL(url).host);
    }
    await expect(details).toContainText('answered with a web page');
    await expect(details).toContainText(
      'sent other bytes than those of the CID'
    );
    await details.getByRole('button', { name: 'Close' }).click();

    // Who has it is asked, not assumed: of each gateway, too.
    await run(page, 'ipfs:info', { cid: file.cid });
    const holders = page.getByRole('region', { name: 'Who has it' });
    await expect(
      holders.getByRole('listitem').filter({
        hasText: `Gateway ${new URL(stack().gateway).host}`
      })
    ).toContainText('keeps it');
    for (const [i, words] of [
      [0, 'does not keep it'],
      [4, 'answered with a web page']
    ] as const) {
      await expect(
        holders.getByRole('listitem').filter({
          hasText: `Gateway ${new URL(bad[i].url).host}`
        })
      ).toContainText(words);
    }
  });
});

test.describe('only bad gateways', () => {
  test.use({ use: 'bad' });

  test('refused, loudly', async ({ page, bad }, info) => {
    const file = putFile(info.outputPath());
    const result = await run<IVerified>(page, 'ipfs:verify', {
      path: file.path
    });
    expect(result).toMatchObject({ verified: false, gateways: [] });
    expect(new Set(result.faults.map(({ gateway }) => gateway))).toEqual(
      new Set(bad.map(({ url }) => url))
    );
    await expect(
      notice(page, 'could not be had as its CID says')
    ).toBeVisible();
  });
});

test.describe('no gateway', () => {
  test.use({ use: 'none' });

  test('the node is asked, and that is said; it can be stopped', async ({
    page
  }, info) => {
    const file = putFile(info.outputPath());
    expect(
      await run<IVerified>(page, 'ipfs:verify', { cid: `ipfs://${file.cid}` })
    ).toMatchObject({
      path: null,
      cid: file.cid,
      size: file.size,
      verified: true,
      from: 'node',
      faults: []
    });
    await expect(notice(page, 'is whole on your own node')).toBeVisible();

    await page.route('**/web3/ipfs/block/get**', () => undefined);
    const stopped = run(page, 'ipfs:verify', { path: file.path });
    await notice(page, 'Verifying')
      .getByRole('button', { name: 'Cancel' })
      .click();
    expect(await stopped).toBeNull();
  });
});

test.describe('content that only a gateway has', () => {
  test.use({ use: 'elsewhere' });

  test('is shown, opened and imported, every block checked', async ({
    page,
    elsewhere
  }) => {
    const { cid } = elsewhere;
    await run(page, 'ipfs:info', { cid });
    const panel = page.getByRole('article', { name: 'Information about' });
    await expect(
      panel.getByRole('button', { name: 'large.bin' })
    ).toBeVisible();
    // Looking at it has brought nothing to the node.
    expect(() => ipfs('block', 'stat', '--offline', cid)).toThrow();

    const name = `elsewhere-${randomBytes(4).toString('hex')}`;
    expect(
      await run(page, 'ipfs:import-cid', { cid, to: `ipfs:${name}` })
    ).toEqual({ path: `ipfs:${name}`, cid });
    expect(ipfs('files', 'stat', '--hash', `/${name}`).trim()).toBe(cid);
    expect(ipfs('files', 'read', `/${name}/deep/note.txt`)).toBe(
      'only elsewhere\n'
    );
    expect(ipfs('files', 'stat', '--with-local', `/${name}`)).toContain(
      '(100.00%)'
    );
    // It is kept by its place, not by a pin that nobody knows of.
    expect(() => ipfs('pin', 'ls', '--type=recursive', cid)).toThrow();
  });
});

test.describe('with no Kubo at all', () => {
  test.use({ use: 'elsewhere', kubo: false });

  test('the page itself takes in what a gateway has, every block checked', async ({
    page,
    elsewhere
  }, info) => {
    await page.evaluate(() =>
      window.jupyterapp.shell.activateById('jp-web3-drive')
    );
    await expect(
      page.getByRole('region', { name: 'IPFS drive' })
    ).toContainText('In this browser only');
    const { cid } = elsewhere;
    expect(
      await run(page, 'ipfs:import-cid', { cid, to: 'ipfs:taken' })
    ).toEqual({ path: 'ipfs:taken', cid });
    expect(
      await run<IVerified>(page, 'ipfs:verify', { path: 'ipfs:taken' })
    ).toMatchObject({ cid, verified: true, from: 'gateways' });
    await run(page, 'ipfs:info', { path: 'ipfs:taken/deep/note.txt' });
    await expect(
      page.getByRole('article', { name: 'Information about note.txt' })
    ).toContainText('only elsewhere');
    // Out again, as an archive that a node takes in.
    const downloading = page.waitForEvent('download');
    await run(page, 'ipfs:export-car', { path: 'ipfs:taken' });
    const car = info.outputPath('taken.car');
    await (await downloading).saveAs(car);
    expect(ipfs('dag', 'import', '--pin-roots=true', car)).toContain(cid);
  });
});
