import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IActivity } from '../tokens';
import type { Activities } from './activity';
import { momentWords } from './words';

interface IProps {
  activities: Activities;
  account: string;
  trans: TranslationBundle;
}

function Item(props: {
  item: IActivity;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { item, trans } = props;
  const when = new Date(item.when);
  return (
    <li>
      <button
        type="button"
        className="jp-web3-linkButton"
        onClick={() => item.open()}
      >
        {item.title}
      </button>
      <span className="jp-web3-wallet-quiet" title={when.toLocaleString()}>
        {trans.__('%1 · %2', item.state, momentWords(when, new Date(), trans))}
      </span>
    </li>
  );
}

function Folded(props: IProps): React.JSX.Element | null {
  const { activities, account, trans } = props;
  React.useEffect(() => activities.want(), [activities]);
  const items = activities.list(account);
  if (!items.length) {
    return null;
  }
  return (
    <details className="jp-web3-wallet-activity">
      <summary>
        {trans.__('Activity')}{' '}
        <span className="jp-web3-wallet-quiet">
          {activities.summaries(account).join(' · ')}
        </span>
      </summary>
      <ul aria-label={trans.__('Activity')}>
        {items.map(item => (
          <Item key={item.id} item={item} trans={trans} />
        ))}
      </ul>
    </details>
  );
}

/** `Activity ▸ 2 published · 1 bought`; nothing while nothing was done. */
export function ActivityList(props: IProps): React.JSX.Element {
  return (
    <UseSignal signal={props.activities.changed}>
      {() => <Folded {...props} />}
    </UseSignal>
  );
}
