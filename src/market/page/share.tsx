/** Handing the asset on to somebody, and keeping it in sight. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { AssetNotes } from '../bookmarks';
import type { IAsset } from '../ports';
import { useChanges } from '../../ui/useChanges';
import { cut } from './pieces';

/** How long a button says that it copied, in milliseconds. */
const COPIED_MS = 2000;

/** A link in Markdown; a stranger's name is text in it. */
export function asMarkdown(
  asset: Pick<IAsset, 'name' | 'did'>,
  link: string
): string {
  const name = (asset.name || asset.did)
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_{}[\]()<>#+!|~&]/g, '\\$&');
  return `[${cut(name, 300)}](${link}) (\`${asset.did}\`)`;
}

export function Share(props: {
  asset: IAsset;
  link: string | null;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { asset, link, trans } = props;
  const [said, setSaid] = React.useState('');
  React.useEffect(() => {
    if (!said) {
      return;
    }
    const timer = setTimeout(() => setSaid(''), COPIED_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async (text: string, done: string): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid(done);
    } catch {
      // No permission, or not a secure context: the text can be selected.
      setSaid(
        trans.__('Copying is not allowed here; select the text: %1', text)
      );
    }
  };
  const choices: [string, string, string][] = [
    ...(link
      ? [
          [trans.__('Copy link'), link, trans.__('Link copied')] as [
            string,
            string,
            string
          ]
        ]
      : []),
    [trans.__('Copy DID'), asset.did, trans.__('DID copied')],
    [
      trans.__('Copy as Markdown'),
      asMarkdown(asset, link ?? asset.did),
      trans.__('Markdown copied')
    ]
  ];
  return (
    <div
      role="group"
      aria-label={trans.__('Share')}
      className="jp-web3-page-buttons"
    >
      {choices.map(([label, text, done]) => (
        <button
          key={label}
          type="button"
          className="jp-mod-styled jp-mod-minimal"
          title={text}
          onClick={() => void copy(text, done)}
        >
          {label}
        </button>
      ))}
      <span role="status" className="jp-web3-asset-quiet">
        {said}
      </span>
    </div>
  );
}

/** The star. */
export function Bookmark(props: {
  asset: IAsset;
  bookmarks: AssetNotes;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { asset, bookmarks, trans } = props;
  useChanges(bookmarks.changed);
  const on = bookmarks.has(asset.did);
  const label = trans.__('Bookmark');
  return (
    <button
      type="button"
      className="jp-web3-iconButton jp-web3-page-star"
      aria-pressed={on}
      aria-label={label}
      title={on ? trans.__('Remove the bookmark') : label}
      onClick={() => bookmarks.toggle(asset)}
    >
      <span aria-hidden="true">{on ? '★' : '☆'}</span>
    </button>
  );
}
