/** Info panel, blocks, import, export and names, on a real Kubo. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Page } from '@playwright/test';

import { expect, run, stack, test } from '../fixtures';
import { ipfs } from '../kubo';
import { picture } from '../pictures.mjs';

interface IPlaced {
  path: string;
  cid: string;
}

const MIB = 2 ** 20;
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mNk+M9Qz0AEYBxVSF+FAAhKDveksOjmAAAAAElFTkSuQmCC';

/** A folder of the drive with a file of each kind, by the command line. */
function fill(folder: string): { home: string; root: string } {
  const data = join(folder, 'data');
  mkdirSync(join(data, 'links'), { recursive: true });
  writeFileSync(join(data, 'blocks.bin'), randomBytes(3 * MIB + 5));
  writeFileSync(join(data, 'picture.png'), Buffer.from(PNG, 'base64'));
  writeFileSync(
    join(data, 'hostile <b>.txt'),
    '<img src=x onerror="window.hacked = true"> & <script>hacked</script>\n'
  );
  for (let i = 0; i < 1500; i++) {
    writeFileSync(join(data, 'links', `entry ${i}.txt`), String(i));
  }
  const root = ipfs(
    'add',
    '-r',
    '-Q',
    '--pin=false',
    '--progress=false',
    data
  ).trim();
  const home = `info-${randomBytes(4).toString('hex')}`;
  ipfs('files', 'cp', `/ipfs/${root}`, `/${home}`);
  return { home, root };
}

const panel = (page: Page, name: string) =>
  page.getByRole('article', { name: `Information about ${name}` });

test('info: what a content is, who has it, how others get it', async ({
  page,
  context
}, info) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const { home } = fill(info.outputPath());
  const path = `ipfs:${home}/blocks.bin`;
  const cid = ipfs('files', 'stat', '--hash', `/${home}/blocks.bin`).trim();

  expect(await run(page, 'ipfs:info', { path })).toEqual({
    path,
    cid,
    size: 3 * MIB + 5
  });
  const file = panel(page, 'blocks.bin');
  const ids = file.getByRole('region', { name: 'Identifiers' });
  await expect(ids).toContainText(cid);
  await expect(ids).toContainText(
    ipfs('cid', 'format', '-b', 'base36', cid).trim()
  );
  await expect(ids).toContainText(
    ipfs('cid', 'format', '-v', '0', '-b', 'base58btc', cid).trim()
  );
  await ids.getByRole('button', { name: 'Copy: CID', exact: true }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(cid);
  const facts = file.getByRole('region', { name: 'What it is' });
  await expect(facts).toContainText('3.0 MB (3,145,733 bytes)');
  await expect(facts).toContainText('dag-pb');
  await expect(facts).toContainText('sha2-256');
  const { cumulativeSize } = JSON.parse(
    ipfs(
      'files',
      'stat',
      '--format={"cumulativeSize": <cumulsize>}',
      `/${home}/blocks.bin`
    )
  );
  await expect(facts).toContainText(cumulativeSize.toLocaleString('en'));
  await expect(
    facts.locator('dt', { hasText: /^Blocks$/ }).locator('+ dd')
  ).toHaveText('5');
  await expect(file.getByRole('region', { name: 'Who has it' })).toContainText(
    'keeps it'
  );
  await file.getByRole('button', { name: 'Show a QR code' }).click();
  await expect(file.getByRole('img', { name: /QR code of/ })).toBeVisible();
  await expect(
    file.getByRole('region', { name: 'Links' }).getByRole('link')
  ).toHaveAttribute(
    'href',
    `https://dweb.link/ipfs/${cid}?filename=blocks.bin`
  );

  // A picture, and a text that would like to be more.
  await run(page, 'ipfs:info', { path: `ipfs:${home}/picture.png` });
  await expect(
    panel(page, 'picture.png').getByRole('img', { name: 'Preview' })
  ).toHaveJSProperty('naturalWidth', 10);
  await run(page, 'ipfs:info', { path: `ipfs:${home}/hostile <b>.txt` });
  const hostile = panel(page, 'hostile <b>.txt');
  await expect(hostile.getByRole('region', { name: 'Preview' })).toContainText(
    '<img src=x onerror="window.hacked = true">'
  );
  await expect(hostile.getByRole('img')).toHaveCount(0);
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false);

  // A name: published, shown, and changed to the next version.
  const key = `test-${randomBytes(4).toString('hex')}`;
  const named = await run<{ name: string; key: string; cid: string }>(
    page,
    'ipfs:publish-name',
    { path, key }
  );
  expect(named).toMatchObject({ key, cid });
  expect(named.name).toMatch(/^k51/);
  expect(ipfs('name', 'resolve', '--offline', `/ipns/${named.name}`)).toContain(
    cid
  );
  await run(page, 'ipfs:info', { path });
  const names = file.getByRole('region', { name: 'Names' });
  await names.getByRole('button', { name: 'Look again' }).click();
  await expect(names).toContainText(`ipns://${named.name}`);
  const image = `ipfs:${home}/picture.png`;
  await run(page, 'ipfs:info', { path: image });
  await picture(page, 'info');
  await panel(page, 'picture.png')
    .getByRole('button', { name: 'Publish under a name…' })
    .click();
  const dialog = page.getByRole('dialog').filter({ hasText: 'under a name' });
  await dialog.getByRole('combobox', { name: 'Name' }).fill(key);
  await dialog.getByRole('button', { name: 'Publish the name' }).click();
  await expect(
    // Not the one of before, which may still be there.
    page
      .locator('.Toastify__toast')
      .filter({ hasText: 'now points at “picture.png”' })
  ).toBeVisible();
  // What the name points at now is what is read by it.
  await run(page, 'ipfs:info', { cid: `ipns://${named.name}` });
  await expect(
    page.getByRole('article', { name: /Content without a name|picture/ }).last()
  ).toContainText('image/png');
});

test('blocks: down the links and back, objects of all codecs, thousands of links', async ({
  page
}, info) => {
  const { root } = fill(info.outputPath());
  const object = join(info.outputPath(), 'object.json');
  writeFileSync(
    object,
    JSON.stringify({
      title: '<b>not bold</b>',
      data: { '/': root },
      list: [1, { in: { '/': root } }]
    })
  );
  const put = (codec: string): string =>
    ipfs('dag', 'put', `--store-codec=${codec}`, '--pin=false', object).trim();
  for (const codec of ['dag-cbor', 'dag-json']) {
    const cid = put(codec);
    expect(await run(page, 'ipfs:dag', { cid })).toEqual({ path: null, cid });
    const view = page.getByRole('article', { name: 'Blocks' });
    await expect(view).toContainText(codec);
    await expect(view).toContainText('"title": "<b>not bold</b>"');
    await expect(view.locator('b')).toHaveCount(0);
    await expect(view.getByRole('heading', { name: '2 links' })).toBeVisible();
    await picture(page, 'blocks');
    if (codec === 'dag-cbor') {
      await run(page, 'application:close');
    }
  }
  const view = page.getByRole('article', { name: 'Blocks' });
  // By keyboard: the focus goes on with the block that is shown.
  const link = view.getByRole('button', { name: 'list/1/in' });
  await link.focus();
  await page.keyboard.press('Enter');
  const trail = view.getByRole('navigation', { name: 'Way to this block' });
  await expect(trail.locator('[aria-current]')).toBeFocused();
  await expect(view).toContainText('Folder');
  await view.getByRole('button', { name: 'links', exact: true }).click();
  const links = view.getByRole('region', { name: 'Links' });
  await expect(links.getByRole('heading')).toHaveText('1500 links');
  await expect(links.locator('tbody tr')).toHaveCount(200);
  await links.getByRole('button', { name: 'Show more' }).click();
  await expect(links.locator('tbody tr')).toHaveCount(400);
  await links.getByRole('button', { name: 'entry 0.txt' }).click();
  await expect(view).toContainText('raw');
  await expect(
    view.getByRole('region', { name: 'Content of the block' })
  ).toContainText('0');
  await expect(trail.getByRole('listitem')).toHaveCount(4);
  await trail.getByRole('button', { name: 'list/1/in' }).click();
  await expect(trail.getByRole('listitem')).toHaveCount(2);
  await view.getByRole('button', { name: 'blocks.bin' }).click();
  await expect(links.getByRole('heading')).toHaveText('4 links');
});

test('import by all forms of address, open read-only, export and take back in', async ({
  page,
  tmpPath
}, info) => {
  test.setTimeout(180_000);
  const { home, root } = fill(info.outputPath());
  const stem = `import-${randomBytes(4).toString('hex')}`;
  const stat = (path: string): string =>
    ipfs('files', 'stat', '--hash', `/${path}`).trim();
  const imported = (cid: string, to: string): Promise<IPlaced> =>
    run<IPlaced>(page, 'ipfs:import-cid', { cid, to });
  const text = stat(`${home}/hostile <b>.txt`);

  const { port } = new URL(stack().gateway);
  for (const [i, address] of [
    root,
    `ipfs://${root}`,
    `${stack().gateway}/ipfs/${root}`,
    `http://${root}.ipfs.localhost:${port}/`,
    ipfs('cid', 'format', '-v', '0', '-b', 'base58btc', root).trim()
  ].entries()) {
    const path = `ipfs:${stem}/by ${i}`;
    expect(await imported(address, path)).toEqual({ path, cid: root });
    expect(stat(`${stem}/by ${i}`)).toBe(root);
  }
  // Into a folder: the name comes with the address.
  expect(
    await imported(`ipfs://${root}/picture.png`, `ipfs:${stem}/`)
  ).toMatchObject({ path: `ipfs:${stem}/picture.png` });
  await expect(imported('no address', `ipfs:${stem}/x`)).rejects.toMatchObject({
    code: 'bad-name'
  });

  // The name is taken by something else: both are kept.
  const both = imported(text, `ipfs:${stem}/picture.png`);
  const conflict = page.getByRole('dialog');
  await conflict.getByRole('button', { name: 'Keep both' }).click();
  expect(await both).toEqual({ path: `ipfs:${stem}/picture-1.png`, cid: text });

  // Without arguments it asks; two lines are two imports.
  await page.evaluate(() =>
    window.jupyterapp.shell.activateById('jp-web3-drive')
  );
  await page
    .getByRole('region', { name: 'IPFS drive' })
    .getByTitle('Import by CID or address')
    .click();
  const dialog = page
    .getByRole('dialog')
    .filter({ hasText: 'Import to the IPFS drive' });
  await dialog
    .getByRole('textbox')
    .fill(`${text} ${stem}-a.txt\n${root} ${stem}-b`);
  await dialog.getByRole('button', { name: 'Import' }).click();
  await expect(
    page.locator('.Toastify__toast', { hasText: '2 entries were imported.' })
  ).toBeVisible();
  expect(stat(`${stem}-a.txt`)).toBe(text);
  expect(stat(`${stem}-b`)).toBe(root);

  // A list with a line that is wrong: the others are imported.
  const list = `${tmpPath}/list.txt`;
  await page.evaluate(
    async ([path, content]) => {
      await window.jupyterapp.serviceManager.contents.save(path, {
        type: 'file',
        format: 'text',
        content
      });
    },
    [list, `# a list\n${text} one.txt\nnonsense\nipfs://${root} two\n`]
  );
  expect(
    await run(page, 'ipfs:import-list', { path: list, to: `ipfs:${stem}/list` })
  ).toEqual([
    {
      address: text,
      path: `ipfs:${stem}/list/one.txt`,
      cid: text,
      error: null
    },
    {
      address: 'nonsense',
      path: null,
      cid: null,
      error: expect.stringContaining('nonsense')
    },
    {
      address: `ipfs://${root}`,
      path: `ipfs:${stem}/list/two`,
      cid: root,
      error: null
    }
  ]);

  // From the menu of the drive it asks; Cancel opens nothing.
  const menu = async (name: string): Promise<void> => {
    await page
      .getByRole('region', { name: 'IPFS drive' })
      .locator('.jp-DirListing-content')
      .click({ button: 'right', position: { x: 60, y: 400 } });
    await page.getByRole('menuitem', { name }).click();
  };
  const listChooser = page.waitForEvent('filechooser');
  await menu('Import a List of CIDs…');
  await (
    await listChooser
  ).setFiles({
    name: 'list.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from(`${text} ${stem}-listed.txt`)
  });
  await expect
    .poll(() => ipfs('files', 'ls', '/').includes(`${stem}-listed.txt`))
    .toBe(true);
  await menu('Open by CID…');
  const asked = page.getByRole('dialog').filter({ hasText: 'Open by CID' });
  await asked.getByRole('textbox').fill(text);
  await asked.getByRole('button', { name: 'Cancel' }).click();
  await menu('Open by CID…');
  await asked.getByRole('textbox').fill(`ipfs://${text}`);
  await asked.getByRole('textbox').press('Enter');
  await expect(
    page.getByRole('tab', { name: `${text}.txt`.slice(0, 10) })
  ).toHaveCount(1);

  // Read-only, in the editor, and not on the drive.
  const opened = await run<IPlaced>(page, 'ipfs:open-cid', { cid: text });
  expect(opened).toEqual({ path: `cid:${text}/${text}.txt`, cid: text });
  const editor = page.locator('.jp-FileEditor .cm-content');
  await expect(editor).toContainText('window.hacked');
  expect(
    await page.evaluate(async path => {
      try {
        await window.jupyterapp.serviceManager.contents.save(path, {
          type: 'file',
          format: 'text',
          content: 'x'
        });
        return null;
      } catch (error) {
        return (error as { response: Response }).response.status;
      }
    }, opened.path)
  ).toBe(403);
  await run(page, 'ipfs:open-cid', { cid: `/ipfs/${root}/picture.png` });
  await expect(page.locator('.jp-ImageViewer img')).toHaveJSProperty(
    'naturalWidth',
    10
  );

  // Archive out, archive in: to a path, by download, from a path, by chooser.
  const car = await run<IPlaced>(page, 'ipfs:export-car', {
    path: `ipfs:${home}`,
    to: `${tmpPath}/`
  });
  expect(car).toEqual({ path: `${tmpPath}/${home}.car`, cid: root });
  expect(
    await run(page, 'ipfs:import-car', {
      path: car.path,
      to: `ipfs:${stem}/from car`
    })
  ).toEqual({ path: `ipfs:${stem}/from car`, cid: root });
  const downloading = page.waitForEvent('download');
  await run(page, 'ipfs:export-car', { cid: text });
  const download = await downloading;
  expect(download.suggestedFilename()).toBe(`${text}.car`);
  const local = info.outputPath('one.car');
  await download.saveAs(local);
  const chooser = page.waitForEvent('filechooser');
  const chosen = run<IPlaced>(page, 'ipfs:import-car', {
    to: `ipfs:${stem}/chosen.txt`
  });
  await (await chooser).setFiles(local);
  expect(await chosen).toEqual({ path: `ipfs:${stem}/chosen.txt`, cid: text });

  // One that was cut off leaves nothing.
  writeFileSync(
    info.outputPath('cut.car'),
    readFileSync(local).subarray(0, -9)
  );
  const next = page.waitForEvent('filechooser');
  const cut = run(page, 'ipfs:import-car', { to: `ipfs:${stem}/cut.txt` });
  const refused = expect(cut).rejects.toThrow();
  await (await next).setFiles(info.outputPath('cut.car'));
  await refused;
  expect(ipfs('files', 'ls', `/${stem}`)).not.toContain('cut.txt');

  // A folder as a zip.
  const zipping = page.waitForEvent('download');
  await run(page, 'ipfs:export-zip', { path: `ipfs:${home}` });
  const zip = await zipping;
  expect(zip.suggestedFilename()).toBe(`${home}.zip`);
  const unpacked = info.outputPath('unpacked');
  execFileSync('python3', ['-m', 'zipfile', '-e', await zip.path(), unpacked]);
  expect(
    ipfs('add', '-r', '-Q', '-n', '--progress=false', unpacked).trim()
  ).toBe(root);
});
