/** The IPFS drive beside what a person expects of a file browser. */
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { galata } from '@jupyterlab/galata';
import { test as base, type Page, type Route } from '@playwright/test';

import { drive, open, row } from '../drive';
import { expect, run, stack, test } from '../fixtures';
import { cidOfCli, ipfs } from '../kubo';
import { openLab, runNotebook } from '../lab.mjs';

/** Fills and reads fast, and no two MiB of it are the same. */
function pattern(size: number, seed: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(size / 4));
  for (let i = 0; i < words.length; i++) {
    words[i] = Math.imul(i ^ seed, 2654435761);
  }
  return new Uint8Array(words.buffer, 0, size);
}

/** Drag a file from the desktop onto the drive; its bytes are made in the page. */
async function drop(
  page: Page,
  name: string,
  size: number,
  seed: number
): Promise<void> {
  const data = await page.evaluateHandle(
    ([source, fileName, length, start]) => {
      const make = new Function(`return (${source})`)() as typeof pattern;
      const bytes = make(length as number, start as number);
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes as BlobPart], fileName as string));
      return transfer;
    },
    [pattern.toString(), name, size, seed]
  );
  const content = drive(page).locator('.jp-DirListing-content');
  for (const event of ['dragenter', 'dragover', 'drop']) {
    await content.dispatchEvent(event, { dataTransfer: data });
  }
  await data.dispose();
}

const MIB = 2 ** 20;
const DROPS: [string, number][] = [
  ['empty.bin', 0],
  ['one.bin', 1],
  ['just below.bin', MIB - 1],
  ['exactly 100%.bin', MIB],
  ['just#above.bin', MIB + 1],
  ['a:b?c&d.bin', 10],
  ['emoji 😀 ünï.bin', 1000],
  ['300 MiB.bin', 300 * MIB]
];

// Not Galata's page: it intercepts requests, and with that every byte of an
// upload goes through the debugger as text.
base(
  'a dropped file has the CID of the command line',
  async ({ context }, info) => {
    const page = await openLab(context, stack().lab);
    await open(page);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    for (const [name, size] of DROPS) {
      await base.step(name, async () => {
        const seed = 2463534242 ^ size;
        await drop(page, name, size, seed);
        await expect(row(page, name)).toBeVisible();
        const local = info.outputPath('same.bin');
        writeFileSync(local, pattern(size, seed));
        const expected = cidOfCli(local);
        rmSync(local);
        expect(ipfs('files', 'stat', '--hash', `/${name}`).trim()).toBe(
          expected
        );
        expect(await run(page, 'ipfs:copy-cid', { path: `ipfs:${name}` })).toBe(
          expected
        );
      });
    }
  }
);

test('edit a text file, save it, and the CID is the new one', async ({
  page
}, info) => {
  const name = `edit ${Date.now()}.txt`;
  const local = info.outputPath('edit.txt');
  writeFileSync(local, 'words');
  ipfs('files', 'write', '--create', `/${name}`, local);
  await open(page);
  await drive(page).getByTitle('Refresh', { exact: false }).first().click();
  await row(page, name).dblclick();
  const editor = page.locator('.jp-FileEditor .cm-content');
  await editor.click();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('other words');
  await page.keyboard.press('Control+S');
  await expect
    .poll(() => ipfs('files', 'read', `/${name}`).trim())
    .toBe('other words');
});

test('a notebook on the drive opens, runs and saves', async ({ page }) => {
  test.setTimeout(120_000);
  const name = `run-${Date.now()}.ipynb`;
  await page.evaluate(async path => {
    await window.jupyterapp.serviceManager.contents.save(path, {
      type: 'notebook',
      format: 'json',
      content: {
        nbformat: 4,
        nbformat_minor: 5,
        metadata: {
          kernelspec: { name: 'python3', display_name: 'Python 3' }
        },
        cells: [
          {
            id: 'c1',
            cell_type: 'code',
            metadata: {},
            source: 'print(6 * 7)',
            outputs: [],
            execution_count: null
          }
        ]
      }
    });
  }, `ipfs:${name}`);
  await runNotebook(page, `ipfs:${name}`);
  await expect(page.locator('.jp-OutputArea-output')).toHaveText(/42/);
  await run(page, 'docmanager:save');
  await expect.poll(() => ipfs('files', 'read', `/${name}`)).toContain('42');
  // No conflict dialog on the second save either.
  await run(page, 'docmanager:save');
  await expect(page.locator('.jp-Dialog')).toHaveCount(0);
});

test('new folder, rename, delete by keyboard and menu', async ({ page }) => {
  const name = `folder-${Date.now()}`;
  ipfs('files', 'mkdir', `/${name}`);
  ipfs('files', 'mkdir', `/${name}/inner`);
  await open(page);
  await expect(async () => {
    await drive(page).getByTitle('Refresh', { exact: false }).first().click();
    await expect(row(page, name)).toBeVisible({ timeout: 1000 });
  }).toPass();
  await row(page, name).click();
  await page.keyboard.press('F2');
  await page.keyboard.press('Control+A');
  await page.keyboard.type(`${name}-renamed`);
  await page.keyboard.press('Enter');
  await expect(row(page, `${name}-renamed`)).toBeVisible();
  expect(ipfs('files', 'ls', '/')).toContain(`${name}-renamed`);
  await row(page, `${name}-renamed`).click();
  await page.keyboard.press('Delete');
  const asked = page.getByRole('dialog');
  await expect(asked).toContainText('It can be undone for 30 days');
  await asked.getByRole('button', { name: 'Delete' }).click();
  await expect(row(page, `${name}-renamed`)).toHaveCount(0);
  expect(ipfs('files', 'ls', '/')).not.toContain(name);
});

test('a folder comes as a tar', async ({ page }, info) => {
  const name = `folder ${Date.now()} ü`;
  ipfs('files', 'mkdir', '-p', `/${name}/inner`);
  const local = info.outputPath('word.txt');
  writeFileSync(local, 'word');
  ipfs('files', 'write', '--create', `/${name}/inner/word.txt`, local);
  await open(page);
  const started = page.waitForEvent('download');
  expect(
    await run(page, 'ipfs:download', { path: `ipfs:${name}` })
  ).toMatchObject({ path: `ipfs:${name}` });
  const download = await started;
  expect(download.suggestedFilename()).toBe(`${name}.tar`);
  const tar = info.outputPath('folder.tar');
  await download.saveAs(tar);
  const listed = execFileSync('tar', ['-tf', tar]).toString();
  expect(listed).toContain('inner/word.txt');
});

test('an upload over an existing name asks, and nothing is replaced unasked', async ({
  page
}, info) => {
  const name = `twice-${Date.now()}.txt`;
  const first = info.outputPath('first.txt');
  writeFileSync(first, 'first');
  const before = createHash('sha256').update('first').digest('hex');
  await open(page);
  const upload = async (text: string) => {
    const chooser = page.waitForEvent('filechooser');
    const done = run(page, 'ipfs:upload', { path: 'ipfs:' });
    await (
      await chooser
    ).setFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
    return done;
  };
  await upload('first');
  const second = upload('second');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: 'Keep both' })
    .click();
  await second;
  expect(
    createHash('sha256')
      .update(ipfs('files', 'read', `/${name}`))
      .digest('hex')
  ).toBe(before);
});

test('an upload can be cancelled and leaves nothing', async ({ page }) => {
  const name = `big-${randomBytes(4).toString('hex')}.bin`;
  await open(page);
  // The server takes no more after the first bytes, so that Cancel comes in time.
  await page.route('**/web3/ipfs/add**', () => undefined);
  await drop(page, name, 4 * MIB, 7);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('Cancelled; nothing was added.')).toBeVisible();
  expect(ipfs('files', 'ls', '/')).not.toContain(name);
});

base('many chosen files are sent as they are', async ({ context }, info) => {
  const page = await openLab(context, stack().lab);
  await open(page);
  const name = `many-${Date.now()}`;
  const folder = info.outputPath(name);
  const odd = ['100% of #1', '%2F+"é😀"', "it's; a=b&c", 'empty'];
  for (const part of ['a b', 'c%20#']) {
    mkdirSync(join(folder, part), { recursive: true });
    for (const [i, file] of odd.entries()) {
      writeFileSync(join(folder, part, file), part.repeat(i * 100));
    }
    for (let i = 0; i < 300; i++) {
      writeFileSync(join(folder, part, `${i}.txt`), `${part} ${i}`);
    }
  }
  writeFileSync(join(folder, 'large.bin'), pattern(3 * MIB + 1, 5));
  const choose = async (path: string) => {
    const chooser = page.waitForEvent('filechooser');
    const done = run(page, 'ipfs:upload-folder', { path: 'ipfs:' });
    // It is looked at below; until then it is no accident.
    done.catch(() => undefined);
    await (await chooser).setFiles(path);
    return done;
  };
  /**
   * Something happens when a folder has been chosen, and before it is sent: when
   * its place is looked at. The drive looks at others all the time.
   */
  const meanwhile = async (path: string, happens: () => void) => {
    const isPlace = ({ pathname, searchParams }: URL): boolean =>
      pathname.endsWith('/web3/ipfs/files/stat') &&
      searchParams.get('arg') === `/${basename(path)}`;
    await page.unrouteAll();
    await page.route(isPlace, async (route: Route) => {
      happens();
      await route.continue();
    });
  };

  const gone = join(folder, 'a b', '7.txt');
  const bytes = readFileSync(gone);
  await meanwhile(folder, () => rmSync(gone, { force: true }));
  await expect(choose(folder)).rejects.toThrow(/"a b\/7\.txt" can't be read/);
  await expect(page.getByText('609 of 609 files were not')).toBeVisible();

  const changed = join(folder, 'few', 'changed');
  mkdirSync(dirname(changed));
  writeFileSync(join(folder, 'few', 'another'), 'another');
  writeFileSync(changed, 'was');
  await meanwhile(dirname(changed), () =>
    writeFileSync(changed, 'has changed')
  );
  await expect(choose(dirname(changed))).rejects.toThrow(
    /"changed" can't be read/
  );
  rmSync(dirname(changed), { recursive: true });

  expect(ipfs('files', 'ls', '/')).not.toMatch(/^few$|many/m);
  await page.unrouteAll();

  writeFileSync(gone, bytes);
  const uploaded = (await choose(folder)) as { path: string; size: number }[];
  expect(uploaded).toHaveLength(609);
  expect(uploaded).toContainEqual(
    expect.objectContaining({
      path: `ipfs:${name}/large.bin`,
      size: 3 * MIB + 1
    })
  );
  expect(ipfs('files', 'stat', '--hash', `/${name}`).trim()).toBe(
    ipfs('add', '-r', '-n', '-Q', '--progress=false', folder).trim()
  );
});

test.describe('a direct RPC address', () => {
  test.use({
    mockSettings: {
      ...galata.DEFAULT_SETTINGS,
      'jupyterlab-web3:ipfs': { rpc: stack()?.ipfsApi ?? '', gateway: '' }
    }
  });

  test('a node that refuses the page: the lines that allow it are shown', async ({
    page
  }) => {
    await page.evaluate(() =>
      window.jupyterapp.shell.activateById('jp-web3-drive')
    );
    await expect(drive(page)).toContainText('does not allow this page');
    await drive(page).getByRole('button', { name: 'How to allow it…' }).click();
    await expect(page.getByRole('dialog')).toContainText(
      `ipfs config --json API.HTTPHeaders.Access-Control-Allow-Origin '["${stack().labBase}"]'`
    );
  });
});
