/** The files that a buyer gets, as the publisher describes them. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { SealingWords } from '../../ui/sealing';
import { bytesText } from '../measures';
import type { IAsset } from '../ports';
import { safePaths } from '../place';
import { Foreign, Section } from './pieces';

/** Rows at first, and at most. */
const FIRST = 20;
const MOST = 1000;

export function Files(props: {
  asset: IAsset;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { asset, trans } = props;
  const [all, setAll] = React.useState(false);
  const { web3 } = asset;
  if (!web3 || web3.files.length === 0) {
    return (
      <Section title={trans.__('What you get')} trans={trans}>
        <p>
          {trans.__(
            'The publisher says nothing about the files. What you get can not be checked.'
          )}
        </p>
      </Section>
    );
  }
  const shown = web3.files.slice(0, all ? MOST : FIRST);
  // As they are saved.
  const paths = safePaths(shown.map(({ path }) => path));
  const left = web3.files.length - shown.length;
  return (
    <Section title={trans.__('What you get')} trans={trans}>
      <table className="jp-web3-asset-files">
        <thead>
          <tr>
            <th scope="col">{trans.__('File')}</th>
            <th scope="col">{trans.__('Size')}</th>
            <th scope="col">{trans.__('Kind')}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((file, at) => (
            <tr key={at}>
              <td>
                <Foreign text={paths[at]} most={300} />
              </td>
              <td>
                {web3.sealed
                  ? trans.__('up to %1', bytesText(file.size))
                  : bytesText(file.size)}
              </td>
              <td>
                <Foreign text={file.mediaType} most={80} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {left > 0 && (
        <p className="jp-web3-asset-quiet">
          {trans._n('%1 more file.', '%1 more files.', left)}{' '}
          {!all && (
            <button
              type="button"
              className="jp-mod-styled jp-mod-minimal"
              onClick={() => setAll(true)}
            >
              {trans.__('Show all')}
            </button>
          )}
        </p>
      )}
      <p className="jp-web3-asset-quiet">
        {web3.sealed
          ? trans.__(
              'Sealed: it opens for those who ordered it. The publisher committed to the content; it is checked against that before anything is saved.'
            )
          : trans.__(
              'Open: anybody can read it. The publisher named its fingerprint (CID); it is checked against that before anything is saved.'
            )}
      </p>
      {web3.sealed && <SealingWords trans={trans} />}
    </Section>
  );
}
