/**
 * What is to be imported.
 */
import { Dialog, InputDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import '../../style/ipfs-info.css';

class ImportBody extends Widget implements Dialog.IBodyWidget<string> {
  constructor(folder: string, trans: TranslationBundle) {
    super();
    this.addClass('jp-web3-importDialog');
    const label = document.createElement('label');
    label.textContent = trans.__(
      'CID, ipfs:// or ipns:// address, or link of a gateway'
    );
    this._input = document.createElement('textarea');
    this._input.className = 'jp-mod-styled';
    this._input.rows = 3;
    this._input.spellcheck = false;
    label.append(this._input);
    const hint = document.createElement('p');
    hint.className = 'jp-web3-info-quiet';
    hint.textContent = trans.__(
      'Several are imported when each has a line of its own; a name may stand after it. They go to the folder %1 of the drive.',
      folder
    );
    this.node.append(label, hint);
  }

  getValue(): string {
    return this._input.value;
  }

  private _input: HTMLTextAreaElement;
}

/** Asks for addresses; null when it was closed or left empty. */
export async function askAddresses(
  folder: string,
  trans: TranslationBundle
): Promise<string | null> {
  const dialog = new Dialog({
    title: trans.__('Import to the IPFS drive'),
    body: new ImportBody(folder, trans),
    focusNodeSelector: 'textarea',
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Import') })
    ]
  });
  const { button, value } = await dialog.launch();
  return button.accept && value?.trim() ? value : null;
}

/** Asks for the address of one content to look at; null when it was closed. */
export async function askAddress(
  trans: TranslationBundle
): Promise<string | null> {
  const { button, value } = await InputDialog.getText({
    title: trans.__('Open by CID'),
    label: trans.__('CID, ipfs:// or ipns:// address, or link of a gateway'),
    okLabel: trans.__('Open'),
    cancelLabel: trans.__('Cancel')
  });
  return button.accept && value?.trim() ? value.trim() : null;
}

/** The browser's file chooser for one file; null when it was closed. */
export function chooseFile(accept: string): Promise<File | null> {
  return new Promise(resolve => {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = accept;
    input.style.display = 'none';
    const done = (file: File | null): void => {
      input.remove();
      resolve(file);
    };
    input.addEventListener('change', () => done(input.files?.[0] ?? null));
    input.addEventListener('cancel', () => done(null));
    document.body.append(input);
    input.click();
  });
}
