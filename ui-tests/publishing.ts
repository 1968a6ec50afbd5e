/** What the tests of publishing and buying share: roles, names, a notebook. */
import type { Locator, Page } from '@playwright/test';

import { confirmWhile, walletPrompt } from './lab.mjs';

export const dialog = (page: Page): Locator =>
  page.getByRole('dialog', { name: 'Publish to Ocean' });

export const publishing = (page: Page): Locator =>
  page.getByRole('region', { name: 'Publishing' });

export const card = (page: Page, name: string): Locator =>
  publishing(page).getByRole('listitem', { name, exact: true });

/** Two code cells with outputs, as if they had run. */
const NOTEBOOK = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {
    kernelspec: {
      name: 'python3',
      display_name: 'Python 3',
      language: 'python'
    }
  },
  cells: [
    {
      id: 'title',
      cell_type: 'markdown',
      metadata: {},
      source: '# Heights of trees'
    },
    {
      id: 'first',
      cell_type: 'code',
      metadata: {},
      execution_count: 1,
      source: 'print("heights")\ndisplay("oak 21 m")',
      outputs: [
        { output_type: 'stream', name: 'stdout', text: 'heights\n' },
        {
          output_type: 'display_data',
          metadata: {},
          data: { 'text/plain': 'oak 21 m' }
        }
      ]
    },
    {
      id: 'second',
      cell_type: 'code',
      metadata: {},
      execution_count: 2,
      source: 'display("another cell")',
      outputs: [
        {
          output_type: 'display_data',
          metadata: {},
          data: { 'text/plain': 'another cell' }
        }
      ]
    }
  ]
};

export async function saveNotebook(page: Page, path: string): Promise<void> {
  await page.evaluate(
    async ([file, content]) => {
      await window.jupyterapp.serviceManager.contents.save(file as string, {
        type: 'notebook',
        format: 'json',
        content
      });
    },
    [path, NOTEBOOK] as const
  );
}

export async function saveText(
  page: Page,
  path: string,
  content: string
): Promise<void> {
  await page.evaluate(
    async ([file, text]) => {
      await window.jupyterapp.serviceManager.contents.save(file, {
        type: 'file',
        format: 'text',
        content: text
      });
    },
    [path, content]
  );
}

/** Confirm in the development wallet until something is to be seen. */
export async function confirmUntil(
  page: Page,
  seen: Locator
): Promise<string[]> {
  const asked: string[] = [];
  await confirmWhile(page, seen.waitFor({ timeout: 60_000 }), text => {
    asked.push(text ?? '');
  });
  return asked;
}

export const reject = (page: Page): Promise<void> =>
  walletPrompt(page).getByRole('button', { name: 'Reject' }).click();
