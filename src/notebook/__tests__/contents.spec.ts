import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';
import { PromiseDelegate } from '@lumino/coreutils';
import { Signal } from '@lumino/signaling';

import { NotebookContents } from '../contents';

/** A panel as `docmanager:open` gives it: its cells come later. */
function opening() {
  const read = new PromiseDelegate<void>();
  const revealed = new PromiseDelegate<void>();
  const disposed = new Signal<object, void>({});
  let list: { type: string; id: string; outputs: unknown }[] = [];
  const panel = {
    context: { path: 'n.ipynb', ready: read.promise },
    revealed: revealed.promise,
    disposed,
    content: {
      activeCellIndex: 0,
      model: {
        get cells() {
          return { length: list.length, get: (at: number) => list[at] };
        },
        toJSON: () => ({ cells: list })
      }
    }
  } as unknown as NotebookPanel;
  const tracker = {
    currentWidget: panel,
    find: (test: (one: NotebookPanel) => boolean) =>
      test(panel) ? panel : undefined
  } as unknown as INotebookTracker;
  const load = (): void => {
    const outputs = [
      { output_type: 'stream', name: 'stdout', text: 'hello\n' }
    ];
    list = [{ type: 'code', id: 'a', outputs: { toJSON: () => outputs } }];
    read.resolve();
    revealed.resolve();
  };
  const contents = new NotebookContents(
    tracker,
    {} as Contents.IManager,
    form => form.kind
  );
  return { contents, load, disposed };
}

it('waits for the cells of a notebook that is being opened', async () => {
  const { contents, load } = opening();
  const forms = contents.forms({ cell: 0 });
  const whole = contents.notebook('n.ipynb');
  setTimeout(load, 10);
  expect((await forms).map(form => form.mediaType)).toEqual(['text/plain']);
  const text = await (await (await whole).blob()).text();
  expect(JSON.parse(text).cells).toHaveLength(1);
});

it('does not wait for ever for one that is closed before', async () => {
  const { contents, disposed } = opening();
  const forms = contents.forms({ cell: 0 });
  setTimeout(() => disposed.emit(), 10);
  await expect(forms).rejects.toMatchObject({ code: 'no-notebook' });
});
