import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { shortCid } from '../ipfs/cid';
import { CopyButton } from './address';

/** `bafybeib…n3ka` with copy; the whole CID on hover and for screen readers. */
export function CidChip(props: {
  cid: string;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { cid, trans } = props;
  return (
    <span className="jp-web3-cid">
      <code title={cid} aria-label={cid}>
        {shortCid(cid)}
      </code>
      <CopyButton text={cid} label={trans.__('Copy CID')} trans={trans} />
    </span>
  );
}
