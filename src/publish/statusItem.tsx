/** Status bar: what is being published, while it is. */
import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Publisher } from './publisher';
import '../../style/publish.css';

function textOf({ jobs }: Publisher, trans: TranslationBundle): string {
  const running = jobs.filter(job => job.status === 'running').length;
  if (running) {
    return trans._n('Publishing', 'Publishing %1', running);
  }
  const waiting = jobs.filter(job => job.status === 'paused').length;
  return waiting
    ? trans._n('1 publication waits', '%1 publications wait', waiting)
    : '';
}

function Text(props: {
  publisher: Publisher;
  show: () => void;
  trans: TranslationBundle;
}): React.JSX.Element | null {
  const { publisher, show, trans } = props;
  const { jobs } = publisher;
  const [text, setText] = React.useState('');
  React.useEffect(() => {
    // Jobs tell of every byte; the same text again draws nothing.
    const look = (): void => {
      setText(textOf(publisher, trans));
    };
    jobs.forEach(job => job.changed.connect(look));
    look();
    return () => jobs.forEach(job => job.changed.disconnect(look));
  }, [jobs, jobs.length]);
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
