/**
 * What the drive asks the person.
 */
import { Clipboard, Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import type { History } from './history';
import type { AskConflict, ConflictAnswer } from './upload';

/** The body: a sentence, and a checkbox when more files wait. */
class ConflictBody extends Widget implements Dialog.IBodyWidget<boolean> {
  constructor(text: string, checkbox: string | null) {
    super();
    const paragraph = document.createElement('p');
    paragraph.textContent = text;
    this.node.append(paragraph);
    if (checkbox) {
      const label = document.createElement('label');
      label.className = 'jp-web3-drive-conflictAll';
      this._all = document.createElement('input');
      this._all.type = 'checkbox';
      label.append(this._all, document.createTextNode(checkbox));
      this.node.append(label);
    }
  }

  getValue(): boolean {
    return this._all?.checked ?? false;
  }

  private _all: HTMLInputElement | null = null;
}

/** Asks what to do with a name that is taken. Escape keeps all as it was. */
export function conflictDialog(trans: TranslationBundle): AskConflict {
  return async (name, more, isFolder) => {
    const buttons = [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.createButton({ label: trans.__('Skip'), actions: ['skip'] }),
      ...(isFolder
        ? []
        : [
            Dialog.warnButton({
              label: trans.__('Replace'),
              actions: ['overwrite']
            })
          ]),
      Dialog.okButton({
        label: trans.__('Keep both'),
        actions: ['keep-both']
      })
    ];
    const result = await showDialog({
      title: trans.__('“%1” is there already', name),
      body: new ConflictBody(
        isFolder
          ? trans.__('A folder has this name; it is never replaced by a file.')
          : trans.__(
              'Replace it, or keep both under different names? Nothing has been changed yet.'
            ),
        more > 0
          ? trans._n(
              'The same for %1 more file',
              'The same for %1 more files',
              more
            )
          : null
      ),
      buttons,
      defaultButton: buttons.length - 1
    });
    const [answer] = result.button.actions;
    return answer
      ? { answer: answer as ConflictAnswer, all: result.value ?? false }
      : null;
  };
}

/** Whether these are to be deleted, and what that means. */
export async function confirmDelete(
  names: string[],
  history: Pick<History, 'enabled' | 'limits'>,
  trans: TranslationBundle
): Promise<boolean> {
  const after = history.enabled
    ? trans.__(
        'It can be undone for %1 days. What was pinned or shared stays where it is.',
        history.limits.days
      )
    : trans.__(
        'There is no trash here. What was pinned or shared stays where it is.'
      );
  const { button } = await showDialog({
    title: trans.__('Delete from the IPFS drive'),
    body: [
      names.length === 1
        ? trans.__('Delete “%1”?', names[0])
        : trans.__('Delete %1 items?', names.length),
      after
    ].join(' '),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.warnButton({ label: trans.__('Delete') })
    ],
    // Delete and Enter are neighbours on many keyboards.
    defaultButton: 0
  });
  return button.accept;
}

/**
 * The browser's file chooser; null when it was closed without a choice.
 *
 * @param folder - choose a folder, whose files come with their paths. Browsers
 *   don't tell of empty folders in it, as they do of what is dropped
 */
export function chooseFiles(folder = false): Promise<File[] | null> {
  return new Promise(resolve => {
    const input = document.createElement('input');
    input.type = 'file';
    input.multiple = true;
    input.webkitdirectory = folder;
    input.style.display = 'none';
    const done = (files: File[] | null) => {
      input.remove();
      resolve(files);
    };
    input.addEventListener('change', () =>
      done(input.files?.length ? Array.from(input.files) : null)
    );
    input.addEventListener('cancel', () => done(null));
    document.body.append(input);
    input.click();
  });
}

/** The lines that let a page of this origin speak to a Kubo node directly. */
export function allowLines(origin: string): string {
  const set = 'ipfs config --json API.HTTPHeaders.';
  return [
    `${set}Access-Control-Allow-Origin '${JSON.stringify([origin])}'`,
    `${set}Access-Control-Allow-Methods '["PUT", "POST"]'`
  ].join('\n');
}

/** Shows what to run on the node, with a button that copies it. */
export async function showAllowPage(
  origin: string,
  trans: TranslationBundle
): Promise<void> {
  const body = new Widget();
  const paragraph = (text: string): void => {
    const node = document.createElement('p');
    node.textContent = text;
    body.node.append(node);
  };
  paragraph(
    trans.__(
      'Run this where the node runs, and start the node again. The first line replaces the list of pages that are allowed now: add those that you need.'
    )
  );
  const lines = document.createElement('pre');
  lines.className = 'jp-web3-drive-lines';
  lines.textContent = allowLines(origin);
  body.node.append(lines);
  paragraph(
    trans.__(
      'Every page of that address may then do all that the node can do. The way through the Jupyter server needs no such permission: leave the setting “Direct RPC address” empty. A node with API.Authorizations only works that way.'
    )
  );
  const { button } = await showDialog({
    title: trans.__('Allow this page to use the IPFS node'),
    body,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Close') }),
      Dialog.okButton({ label: trans.__('Copy the lines') })
    ]
  });
  if (button.accept) {
    Clipboard.copyToSystem(allowLines(origin));
  }
}
