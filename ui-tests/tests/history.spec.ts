/** Undo, the timeline, and files on their way between drives. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Locator, Page, TestInfo } from '@playwright/test';

import { drive, open as show, row } from '../drive';
import { expect, run, test } from '../fixtures';
import { ipfs } from '../kubo';
import { picture } from '../pictures.mjs';

/** Bring the drive to the front, for the keyboard too. */
async function open(page: Page): Promise<void> {
  // Lab's launcher takes the keyboard late; afterwards it stays where it is.
  await expect(page.locator('.jp-Launcher')).toBeFocused();
  await show(page);
  await drive(page).getByTitle('Refresh the IPFS drive').click();
}

/** Files that the page did not make: Lab selects those, which takes a while. */
function put(info: TestInfo, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    const local = info.outputPath('local');
    writeFileSync(local, text);
    ipfs('files', 'write', '--create', '--parents', path, local);
  }
}

const words = (page: Page, name: string, text: string): Promise<void> =>
  page.evaluate(
    async ([path, content]) => {
      const { contents } = window.jupyterapp.serviceManager;
      await contents.save(path, { type: 'file', format: 'text', content });
    },
    [name, text]
  );

const read = (path: string): string => ipfs('files', 'read', path);

const cidOf = (path: string): string =>
  ipfs('files', 'stat', '--hash', path).trim();

const there = (path: string): boolean => {
  const [folder, name] = /^(.*\/)([^/]+)$/.exec(path)!.slice(1);
  return ipfs('files', 'ls', folder).split('\n').includes(name);
};

/** Drag a row onto something, as a mouse does it. */
async function drag(page: Page, from: Locator, to: Locator): Promise<void> {
  const [a, b] = [await from.boundingBox(), await to.boundingBox()];
  await page.mouse.move(a!.x + 30, a!.y + a!.height / 2);
  await page.mouse.down();
  await page.mouse.move(a!.x + 45, a!.y + a!.height / 2 + 8, { steps: 4 });
  await page.mouse.move(b!.x + 40, b!.y + b!.height / 2, { steps: 8 });
  await page.mouse.up();
}

test('delete, rename and move are undone by button and by keyboard', async ({
  page
}, info) => {
  const name = `undo-${Date.now()}`;
  put(info, { [`/${name}-a.txt`]: 'a', [`/${name}-b.txt`]: 'b' });
  ipfs('files', 'mkdir', `/${name}-f`);
  await open(page);
  await row(page, `${name}-a.txt`).click();
  await row(page, `${name}-b.txt`).click({ modifiers: ['Shift'] });
  await page.keyboard.press('Delete');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: 'Delete' })
    .click();
  await expect(row(page, `${name}-a.txt`)).toHaveCount(0);
  await expect(page.getByText('2 items were deleted.')).toBeVisible();
  expect(there(`/${name}-b.txt`)).toBe(false);
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(row(page, `${name}-b.txt`)).toBeVisible();
  expect(read(`/${name}-a.txt`)).toBe('a');

  // A row dragged onto a folder, and back by keyboard.
  await drag(page, row(page, `${name}-a.txt`), row(page, `${name}-f`));
  await expect(row(page, `${name}-a.txt`)).toHaveCount(0);
  expect(read(`/${name}-f/${name}-a.txt`)).toBe('a');
  await row(page, `${name}-b.txt`).click();
  await page.keyboard.press('Control+Z');
  await expect(row(page, `${name}-a.txt`)).toBeVisible();
  expect(read(`/${name}-a.txt`)).toBe('a');
  expect(there(`/${name}-f/${name}-a.txt`)).toBe(false);

  // In the field of a rename the keys are those of text.
  await row(page, `${name}-a.txt`).click();
  await page.keyboard.press('F2');
  await page.keyboard.press('Control+A');
  await page.keyboard.type(`${name}-c.txt`);
  await page.keyboard.press('Control+Z');
  await page.keyboard.press('Control+A');
  await page.keyboard.type(`${name}-c.txt`);
  await page.keyboard.press('Enter');
  await expect(row(page, `${name}-c.txt`)).toBeVisible();
  await expect(page.getByText(`is “${name}-c.txt” now`)).toBeVisible();

  // Somebody else changed it meanwhile: nothing is undone, and that is said.
  ipfs('files', 'cp', `/${name}-b.txt`, `/${name}-a.txt`);
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(page.getByText('Nothing was undone')).toBeVisible();
  expect(read(`/${name}-a.txt`)).toBe('b');
  expect(read(`/${name}-c.txt`)).toBe('a');
});

test('the timeline: compare, open, restore, undo', async ({ page }, info) => {
  const name = `story-${Date.now()}`;
  for (const [i, text] of ['one', 'two', 'three'].entries()) {
    await words(page, `ipfs:${name}.txt`, text);
    if (i === 0) {
      await page.evaluate(
        ([from, to]) =>
          window.jupyterapp.serviceManager.contents.rename(from, to),
        [`ipfs:${name}.txt`, `ipfs:${name}-renamed.txt`]
      );
      await page.evaluate(
        ([from, to]) =>
          window.jupyterapp.serviceManager.contents.rename(from, to),
        [`ipfs:${name}-renamed.txt`, `ipfs:${name}.txt`]
      );
    }
  }
  await open(page);
  await row(page, `${name}.txt`).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'History…' }).click();
  const panel = page.getByRole('region', { name: 'History' });
  const moments = panel.locator('ol > li');
  await expect(moments).toHaveCount(5);
  await expect(moments.nth(4)).toContainText('Created');
  await expect(moments.nth(3)).toContainText('Renamed from');
  await moments.nth(1).getByRole('button', { name: 'Compare' }).click();
  await expect(moments.nth(1)).toContainText('Changed since');
  await picture(page, 'history');

  await moments.nth(1).getByRole('button', { name: 'Restore' }).click();
  await expect(moments).toHaveCount(6);
  await expect(moments.nth(0)).toContainText('Restored');
  expect(read(`/${name}.txt`)).toBe('two');
  await moments.nth(0).getByRole('button', { name: 'Undo' }).click();
  await expect(moments).toHaveCount(7);
  expect(read(`/${name}.txt`)).toBe('three');

  // An old state, by its CID, read-only.
  await moments.nth(6).getByRole('button', { name: 'Open' }).click();
  await expect(page.locator('.jp-FileEditor .cm-content')).toContainText('one');

  // A checkpoint is the CID of that moment.
  const path = `ipfs:${name}.txt`;
  const checkpoint = await page.evaluate(
    async file =>
      (await window.jupyterapp.serviceManager.contents.createCheckpoint(file))
        .id,
    path
  );
  expect(checkpoint).toBe(cidOf(`/${name}.txt`));
  await words(page, path, 'four');
  expect(
    await page.evaluate(async file => {
      const { contents } = window.jupyterapp.serviceManager;
      const found = await contents.listCheckpoints(file);
      await contents.restoreCheckpoint(file, found[0].id);
      return found.map(({ id }) => id);
    }, path)
  ).toEqual([checkpoint]);
  expect(cidOf(`/${name}.txt`)).toBe(checkpoint);
  expect(read(`/${name}.txt`)).toBe('three');

  // Of a folder: what is in it, and it comes back whole.
  await page.evaluate(
    path => window.jupyterapp.serviceManager.contents.delete(path),
    `ipfs:${name}.txt`
  );
  await run(page, 'ipfs:history', { path: 'ipfs:' });
  const whole = page
    .getByRole('region', { name: 'History' })
    .filter({ hasText: 'History of the drive' });
  await expect(whole.locator('ol > li').first()).toContainText(
    `“${name}.txt” deleted`
  );
  await whole
    .locator('ol > li')
    .nth(1)
    .getByRole('button', { name: 'Compare' })
    .click();
  await expect(
    whole.getByRole('list', { name: 'What is different now' })
  ).toContainText(`Gone since${name}.txt`);
  // What was reported is in Kubo, whatever happens to this page.
  expect(
    ipfs('files', 'ls', '/.jupyterlab-web3/history').length
  ).toBeGreaterThan(0);
});

test('cut, copy and paste between the drives, folders too', async ({
  page,
  tmpPath
}, info) => {
  const name = `both-${Date.now()}`;
  put(info, {
    [`/${name}/in.txt`]: 'inner words',
    [`/${name}.txt`]: 'single'
  });
  ipfs('files', 'mkdir', `/${name}/empty`);
  await open(page);
  await row(page, name).click();
  await row(page, `${name}.txt`).click({ modifiers: ['Control'] });
  await page.keyboard.press('Control+X');
  await expect(row(page, name)).toHaveClass(/jp-mod-cut/);
  await page.evaluate(() =>
    window.jupyterapp.shell.activateById('filebrowser')
  );
  const workspace = page.locator('#filebrowser');
  await run(page, 'filebrowser:open-path', { path: tmpPath });
  expect(await run(page, 'ipfs:paste', { to: tmpPath })).toEqual([
    `${tmpPath}/${name}`,
    `${tmpPath}/${name}.txt`
  ]);
  await expect(page.getByText('2 items are in the workspace.')).toBeVisible();
  const listed = await page.evaluate(async path => {
    const { contents } = window.jupyterapp.serviceManager;
    const file = await contents.get(`${path}/in.txt`);
    const inside = await contents.get(path);
    return [file.content, inside.content.map((c: { name: string }) => c.name)];
  }, `${tmpPath}/${name}`);
  expect(listed).toEqual(['inner words', expect.arrayContaining(['empty'])]);
  await expect.poll(() => there(`/${name}`)).toBe(false);
  expect(there(`/${name}.txt`)).toBe(false);

  // And back, by keyboard, as a copy; what is there is asked about.
  const local = workspace.locator(`[title^="Name: ${name}.txt"]`);
  await local.click();
  await page.keyboard.press('Control+C');
  await words(page, `ipfs:${name}.txt`, 'other');
  await show(page);
  await row(page, `${name}.txt`).click();
  await page.keyboard.press('Control+V');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: 'Keep both' })
    .click();
  await expect(row(page, `${name}-1.txt`)).toBeVisible();
  expect(read(`/${name}-1.txt`)).toBe('single');
  expect(read(`/${name}.txt`)).toBe('other');

  // Within the drive, by keyboard: a folder into another.
  ipfs('files', 'mkdir', `/${name}-to`);
  put(info, { [`/${name}/deep/in.txt`]: 'deeper' });
  await drive(page).getByTitle('Refresh the IPFS drive').click();
  await row(page, name).click();
  await page.keyboard.press('Control+C');
  await row(page, `${name}-to`).click();
  await page.keyboard.press('Enter');
  await expect(row(page, `${name}.txt`)).toHaveCount(0);
  await expect(drive(page).locator('.jp-DirListing')).toBeFocused();
  await page.keyboard.press('Control+V');
  await expect(row(page, name)).toBeVisible();
  expect(cidOf(`/${name}-to/${name}`)).toBe(cidOf(`/${name}`));
  await row(page, name).click();
  await page.keyboard.press('Backspace');
  await expect(row(page, `${name}.txt`)).toBeVisible();

  // Side by side: a folder dragged to the workspace and another one back.
  await page
    .getByRole('tab', { name: 'IPFS drive' })
    .click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Switch Sidebar Side' }).click();
  await page.evaluate(async path => {
    const { contents } = window.jupyterapp.serviceManager;
    await contents.save(path, { type: 'directory' });
    await contents.save(`${path}/local.txt`, {
      type: 'file',
      format: 'text',
      content: 'local'
    });
    window.jupyterapp.shell.activateById('filebrowser');
    window.jupyterapp.shell.activateById('jp-web3-drive');
  }, `${tmpPath}/${name}-back`);
  await expect(workspace).toBeVisible();
  await expect(row(page, `${name}-to`)).toBeVisible();
  const folder = workspace.locator(`[title^="Name: ${name}-back"]`);
  await expect(folder).toBeVisible();
  await drag(page, row(page, `${name}-to`), folder);
  await expect(
    page.getByText(`“${name}-to” is in the workspace.`)
  ).toBeVisible();
  expect(
    await page.evaluate(
      async path =>
        (await window.jupyterapp.serviceManager.contents.get(path)).content,
      `${tmpPath}/${name}-back/${name}-to/${name}/deep/in.txt`
    )
  ).toBe('deeper');
  await drag(page, folder, row(page, `${name}-to`));
  await expect(
    page.getByText(`“${name}-back” is on the IPFS drive.`)
  ).toBeVisible();
  expect(read(`/${name}-to/${name}-back/local.txt`)).toBe('local');
  expect(read(`/${name}-to/${name}-back/${name}-to/${name}/deep/in.txt`)).toBe(
    'deeper'
  );
});

test('a folder is uploaded with its tree, and found by name', async ({
  page
}, info) => {
  const name = `tree-${Date.now()}`;
  const folder = info.outputPath(name);
  mkdirSync(join(folder, 'a', 'b'), { recursive: true });
  writeFileSync(join(folder, 'top.txt'), 'top');
  writeFileSync(join(folder, 'a', 'b', 'Deep Needle.txt'), 'deep');
  await open(page);
  const chooser = page.waitForEvent('filechooser');
  const done = run(page, 'ipfs:upload-folder', { path: 'ipfs:' });
  await (await chooser).setFiles(folder);
  await done;
  expect(read(`/${name}/a/b/Deep Needle.txt`)).toBe('deep');

  await drive(page).getByTitle('Search by name', { exact: false }).click();
  const field = page.getByRole('searchbox', { name: 'Name, here and' });
  await expect(field).toBeFocused();
  await page.keyboard.type('needle DEEP');
  const found = page.getByRole('list', { name: 'Found' }).getByRole('button');
  await expect(found).toHaveCount(1);
  await picture(page, 'drive-search');
  await found.click();
  await expect(row(page, 'Deep Needle.txt')).toHaveClass(/jp-mod-selected/);
  await field.press('Escape');
  await expect(field).toHaveCount(0);

  // Sorted by keyboard, and what is hidden shown.
  put(info, {
    [`/${name}/a/b/large.txt`]: 'larger than the other one',
    [`/${name}/a/b/.hidden`]: ''
  });
  await drive(page).getByTitle('Refresh the IPFS drive').click();
  const names = drive(page).locator('.jp-DirListing-itemText');
  await expect(names).toHaveText(['Deep Needle.txt', 'large.txt']);
  const size = drive(page).getByRole('button', { name: 'Size' });
  await size.press('Enter');
  await size.press('Enter');
  await expect(names).toHaveText(['large.txt', 'Deep Needle.txt']);
  await drive(page)
    .getByRole('button', { name: 'Name', exact: true })
    .press(' ');
  await expect(names).toHaveText(['Deep Needle.txt', 'large.txt']);
  await run(page, 'filebrowser:toggle-hidden-files');
  await expect(names).toHaveText(['.hidden', 'Deep Needle.txt', 'large.txt']);
  await run(page, 'filebrowser:toggle-hidden-files');
  await expect(names).toHaveCount(2);

  // The column of CIDs: a click copies.
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const cell = row(page, 'Deep Needle.txt').getByRole('button', {
    name: 'Copy CID'
  });
  await page.sidebar.setWidth(400, 'left');
  await cell.click();
  await expect(cell).toHaveText('Copied');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
    cidOf(`/${name}/a/b/Deep Needle.txt`)
  );
});
