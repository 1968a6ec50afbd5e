/**
 * Which name is to point at a content.
 */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { ownNames } from '../ipfs/ipns';
import type { IIpfs } from '../tokens';
import '../../style/ipfs-info.css';

/** Kubo takes these names without quoting anywhere. */
const KEY_PATTERN = '[A-Za-z0-9][A-Za-z0-9._\\-]{0,62}';

class NameBody extends Widget implements Dialog.IBodyWidget<string> {
  constructor(
    names: readonly { name: string; value: string | null }[],
    trans: TranslationBundle
  ) {
    super();
    const paragraph = document.createElement('p');
    paragraph.textContent = trans.__(
      'A name stays the same when the content changes: publish the next version under it, and whoever follows the name gets that. Take a name of your node, or type a new one.'
    );
    const label = document.createElement('label');
    label.textContent = trans.__('Name');
    this._input = document.createElement('input');
    this._input.className = 'jp-mod-styled';
    this._input.pattern = KEY_PATTERN;
    this._input.required = true;
    this._input.autocomplete = 'off';
    const options = document.createElement('datalist');
    options.id = `jp-web3-names-${Date.now()}`;
    for (const { name, value } of names) {
      const option = document.createElement('option');
      option.value = name;
      option.label = value
        ? trans.__('points at %1', value)
        : trans.__('not published yet');
      options.append(option);
    }
    this._input.setAttribute('list', options.id);
    label.append(this._input);
    const hint = document.createElement('p');
    hint.className = 'jp-web3-info-quiet';
    hint.textContent = trans.__(
      'Letters, digits, dots, dashes and underscores. The key of the name stays in your node.'
    );
    this.node.append(paragraph, label, options, hint);
    this.addClass('jp-web3-nameDialog');
  }

  getValue(): string {
    return this._input.value.trim();
  }

  private _input: HTMLInputElement;
}

/** Asks for the name of a key, known or new; null when it was closed. */
export async function chooseKey(
  ipfs: Pick<IIpfs, 'names' | 'resolve'>,
  content: string,
  trans: TranslationBundle
): Promise<string | null> {
  const names = await ownNames(ipfs);
  const body = new NameBody(
    // `self` is the node's own identity.
    names.filter(({ name }) => name !== 'self'),
    trans
  );
  const dialog = new Dialog({
    title: trans.__('Publish “%1” under a name', content),
    body,
    focusNodeSelector: 'input',
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Publish the name') })
    ]
  });
  const { button, value } = await dialog.launch();
  if (!button.accept || !value) {
    return null;
  }
  if (!new RegExp(`^${KEY_PATTERN}$`).test(value)) {
    await showDialog({
      title: trans.__('This is no possible name'),
      body: trans.__(
        'Letters, digits, dots, dashes and underscores, beginning with a letter or a digit.'
      ),
      buttons: [Dialog.okButton({ label: trans.__('Try again') })]
    });
    return chooseKey(ipfs, content, trans);
  }
  return value;
}
