/** What a new version changes, shown before it is made. */
import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { promptWords } from './manageWords';
import { bytesText } from './measures';
import type { IFileDiff } from './versionDiff';
import '../../style/manage.css';

function FileDiff(props: {
  diff: IFileDiff;
  sealed: boolean;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { diff, sealed, trans } = props;
  const { before, after, rows } = diff;
  return (
    <li>
      <strong>{diff.path}</strong>
      {before && before.path !== diff.path && (
        <p>{trans.__('In place of %1', before.path)}</p>
      )}
      {!before && <p>{trans.__('New file')}</p>}
      {!after && <p>{trans.__('No longer part of the asset')}</p>}
      {after && (
        <ul>
          <li>
            {!before
              ? trans.__('Size: %1', bytesText(after.size))
              : sealed
                ? trans.__(
                    'Size: up to %1 → %2',
                    bytesText(before.size),
                    bytesText(after.size)
                  )
                : trans.__(
                    'Size: %1 → %2',
                    bytesText(before.size),
                    bytesText(after.size)
                  )}
          </li>
          {before && before.mediaType !== after.mediaType && (
            <li>
              {trans.__('Kind: %1 → %2', before.mediaType, after.mediaType)}
            </li>
          )}
          <li>
            {before?.cid === after.cid
              ? trans.__('Content: the same')
              : before?.cid
                ? trans.__('CID: %1 → %2', before.cid, after.cid)
                : trans.__('CID of the plain content: %1', after.cid)}
          </li>
          {rows && (
            <li>
              {trans.__(
                'Lines: %1 added, %2 removed',
                rows.added,
                rows.removed
              )}
              <pre className="jp-web3-manage-diff">
                {rows.sample
                  .map(({ sign, text }) => `${sign} ${text}`)
                  .join('\n')}
              </pre>
            </li>
          )}
          {!rows && sealed && before && (
            <li>
              {trans.__(
                'The version before is sealed: its lines can’t be compared here.'
              )}
            </li>
          )}
        </ul>
      )}
    </li>
  );
}

/** Ask for a yes; true where the person gave it. */
export async function askForVersion(
  what: {
    name: string;
    diffs: IFileDiff[];
    sealed: boolean;
    /** What was found in the files that should perhaps not leave. */
    warnings: string[];
  },
  trans: TranslationBundle
): Promise<boolean> {
  const { name, diffs, sealed, warnings } = what;
  const body = ReactWidget.create(
    <div className="jp-web3-manage-version">
      <ul aria-label={trans.__('What changes')}>
        {diffs.map(diff => (
          <FileDiff key={diff.path} diff={diff} sealed={sealed} trans={trans} />
        ))}
      </ul>
      <p>
        {sealed
          ? trans.__(
              'It is sealed with a new key. Price, orders and address stay; who bought before gets this version.'
            )
          : trans.__(
              'It becomes public, and stays so. Price, orders and address stay; the old version stays readable for whoever has its CID.'
            )}
      </p>
      {warnings.length > 0 && (
        <div role="alert" className="jp-web3-asset-problem">
          {trans.__(
            'Found in the files; once they are out, nobody gets them back:'
          )}
          <ul>
            {warnings.map((warning, at) => (
              <li key={at}>{warning}</li>
            ))}
          </ul>
        </div>
      )}
      <p>{promptWords(2, 1, trans)}</p>
    </div>
  );
  const title = trans.__('New version of “%1”', name);
  const dialog = new Dialog({
    title,
    body,
    buttons: [
      Dialog.cancelButton(),
      warnings.length > 0
        ? Dialog.warnButton({ label: trans.__('Publish all the same') })
        : Dialog.okButton({ label: trans.__('Publish new version') })
    ],
    defaultButton: 0
  });
  // JupyterLab names only dialogs whose body is a text.
  dialog.node.setAttribute('aria-label', title);
  const { button } = await dialog.launch();
  return button.accept;
}
