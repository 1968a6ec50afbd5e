/** Status bar: what is being published, while it is. */
import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Publisher } from './publisher';
import '../../style/publish.css';

function Text(props: {
  publisher: Publisher;
  show: () => void;
  trans: TranslationBundle;
}): React.JSX.Element | null {
  const { publisher, show, trans } = props;
  const [, again] = React.useReducer((n: number) => n + 1, 0);
  const { jobs } = publisher;
  React.useEffect(() => {
    jobs.forEach(job => job.changed.connect(again));
    again();
    return () => jobs.forEach(job => job.changed.disconnect(again));
  }, [jobs, jobs.length]);
  const running = jobs.filter(job => job.status === 'running').length;
  const waiting = jobs.filter(job => job.status === 'paused').length;
  const text = running
    ? trans._n('Publishing', 'Publishing %1', running)
    : waiting
      ? trans._n('1 publication waits', '%1 publications wait', waiting)
      : '';
  return text ? (
    <button type="button" className="jp-web3-statusButton" onClick={show}>
      {text}
    </button>
  ) : null;
}

export class StatusItem extends ReactWidget {
  constructor(
    private _publisher: Publisher,
    private _show: () => void,
    private _trans: TranslationBundle
  ) {
    super();
  }

  protected render(): React.JSX.Element {
    return (
      <UseSignal signal={this._publisher.jobsChanged}>
        {() => (
          <Text
            publisher={this._publisher}
            show={this._show}
            trans={this._trans}
          />
        )}
      </UseSignal>
    );
  }
}
