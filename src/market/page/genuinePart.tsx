/** Whether the network has the asset as its record says, and whose it is there. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Address } from '../../ui/address';
import { useChanges } from '../../ui/useChanges';
import { codeOf } from '../errors';
import type { IAsset } from '../ports';
import { problemWords } from '../words';
import type { Asked } from './asked';
import { Problem } from './pieces';

interface IProps {
  asset: IAsset;
  asked: Asked<{ owner: string }>;
  trans: TranslationBundle;
}

/** Beside the button: loud where it is false, else nothing. */
export function GenuineWarning(props: IProps): React.JSX.Element | null {
  const { asset, asked, trans } = props;
  useChanges(asked.changed);
  React.useEffect(() => asked.once(), [asked]);
  const { state } = asked;
  if (state.state === 'failed' && codeOf(state.problem) === 'not-genuine') {
    return (
      <p role="alert" className="jp-web3-asset-problem jp-mod-refused">
        {problemWords(state.problem, trans)}
      </p>
    );
  }
  if (
    state.state === 'told' &&
    asset.owner &&
    asset.owner.toLowerCase() !== state.value.owner.toLowerCase()
  ) {
    return (
      <p role="alert" className="jp-web3-asset-problem jp-mod-refused">
        {trans.__(
          'The seller named here is not its owner. On the network it belongs to'
        )}{' '}
        <Address address={state.value.owner} trans={trans} />
      </p>
    );
  }
  return null;
}

/** Among what has to be known before paying. */
export function Genuine(props: IProps): React.JSX.Element {
  const { asked, trans } = props;
  useChanges(asked.changed);
  const { state } = asked;
  return (
    <li>
      <h3>{trans.__('Whether it is genuine')}</h3>
      {state.state === 'told' ? (
        <p>
          {trans.__(
            'Checked on the network: its identifier, its NFT and its datatoken belong to one another and were made by Ocean’s contracts; the seller owns the NFT. What the publisher says of the content can not be checked so.'
          )}
        </p>
      ) : state.state !== 'failed' ? (
        <p role="status">{trans.__('Asking the network…')}</p>
      ) : codeOf(state.problem) === 'not-genuine' ? (
        <p className="jp-web3-asset-problem jp-mod-refused">
          {problemWords(state.problem, trans)}
        </p>
      ) : (
        <Problem
          asked={asked}
          problem={state.problem}
          words={trans.__(
            'The network could not be asked whether this record is genuine, and whose it is.'
          )}
          trans={trans}
        />
      )}
    </li>
  );
}
