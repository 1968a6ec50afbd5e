/** What is kept on Filecoin: proofs, days paid for, ending. */
import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { refreshIcon, UseSignal } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import { Problem } from '../ui/errors';
import { isAbort } from './errors';
import { WARN_DAYS, type IFunds } from './filecoinCosts';
import { FilecoinError, messageOf } from './filecoinErrors';
import type { FilecoinOverview } from './filecoinOverview';
import type { IFilecoinItem } from './filecoinPerson';
import type { IEpoch, IProofs } from './filecoinProofs';
import { errorWords, haveText, priceText } from './filecoinWords';
import '../../style/filecoin.css';
import '../../style/ipfs-info.css';

type Trans = TranslationBundle;

/** Days that one press pays ahead. */
const DAYS = 30;

function When({ at, trans }: { at: IEpoch; trans: Trans }): React.JSX.Element {
  return (
    <time dateTime={at.when} title={trans.__('Epoch %1', at.epoch)}>
      {new Date(at.when).toLocaleString()}
    </time>
  );
}

function Funds(props: {
  funds: IFunds;
  model: FilecoinOverview;
  trans: Trans;
}): React.JSX.Element {
  const { funds, model, trans } = props;
  const { daysLeft } = funds;
  const low = daysLeft !== null && daysLeft <= WARN_DAYS;
  return (
    <section aria-label={trans.__('Deposit')}>
      {low && (
        <Problem
          kind="warning"
          title={trans._n(
            'Paid for one more day.',
            'Paid for %1 more days.',
            daysLeft
          )}
          meaning={trans.__(
            'After that the provider may end the storage and delete what it keeps.'
          )}
        />
      )}
      <p>
        {trans.__(
          'In your deposit: %1, of it not locked: %2.',
          haveText(funds.deposited, 'USDFC'),
          haveText(funds.available, 'USDFC')
        )}
      </p>
      {daysLeft !== null && (
        <p>
          {trans.__(
            '%1 a month; paid for %2 days.',
            priceText(funds.perMonth, 'USDFC'),
            daysLeft
          )}
        </p>
      )}
      {daysLeft !== null && (
        <button
          className="jp-mod-styled"
          disabled={model.busy !== null}
          onClick={() => void model.topUp(DAYS)}
        >
          {trans.__('Pay %1 Days More…', DAYS)}
        </button>
      )}
    </section>
  );
}

function proofText(proofs: IProofs, trans: Trans): string {
  if (proofs.ends) {
    return trans.__('Ended; paid until');
  }
  if (!proofs.kept) {
    return trans.__('The provider does not keep it any more.');
  }
  if (proofs.overdue) {
    return trans.__('The proof is overdue since');
  }
  return proofs.nextDue
    ? trans.__('The next proof is due by')
    : trans.__('On the chain; the first proof is not asked for yet.');
}

function Item(props: {
  item: IFilecoinItem;
  model: FilecoinOverview;
  trans: Trans;
}): React.JSX.Element {
  const { item, model, trans } = props;
  const { record, proofs } = item;
  const { busy } = model;
  const name = record.name || `${record.cid.slice(0, 8)}…`;
  const ending = busy?.doing === 'ending' && busy.cid === record.cid;
  const date = proofs && (proofs.ends ?? (proofs.kept ? proofs.nextDue : null));
  return (
    <li className="jp-web3-card">
      <h3 title={record.cid}>{name}</h3>
      {proofs ? (
        <>
          <p>
            {proofText(proofs, trans)}{' '}
            {date && <When at={date} trans={trans} />}
          </p>
          {proofs.lastProven && (
            <p>
              {trans.__('Last proven')}{' '}
              <When at={proofs.lastProven} trans={trans} />
            </p>
          )}
        </>
      ) : (
        <p>{trans.__('Not on the chain yet.')}</p>
      )}
      {!proofs?.ends && (
        <button
          className="jp-mod-styled"
          disabled={busy !== null}
          aria-label={trans.__('End the storage of %1…', name)}
          onClick={() => void model.end(record.cid)}
        >
          {ending ? trans.__('Ending…') : trans.__('End Storage…')}
        </button>
      )}
    </li>
  );
}

function Failure(props: { error: unknown; trans: Trans }): React.JSX.Element {
  const { error, trans } = props;
  // What came through the queue has its words as its message.
  const words =
    error instanceof FilecoinError
      ? errorWords(trans, error.code)
      : { title: trans.__('It did not work.'), meaning: messageOf(error) };
  const details = { label: trans.__('Details'), text: messageOf(error) };
  return (
    <Problem
      {...words}
      details={error instanceof FilecoinError ? details : undefined}
    />
  );
}

/** All of it; follows the model. */
export function FilecoinStatus(props: {
  model: FilecoinOverview;
  trans: Trans;
}): React.JSX.Element {
  const { model, trans } = props;
  return (
    <UseSignal signal={model.changed}>
      {() => (
        <div className="jp-web3-filecoin" aria-busy={model.busy !== null}>
          <h2>
            {trans.__('Kept on Filecoin')}
            <button
              className="jp-web3-iconButton"
              title={trans.__('Ask the chain again')}
              aria-label={trans.__('Ask the chain again')}
              disabled={model.busy !== null}
              onClick={() => void model.refresh()}
            >
              <refreshIcon.react tag="span" />
            </button>
          </h2>
          <p role="status">
            {model.busy?.doing === 'reading' && trans.__('Asking the chain…')}
            {model.busy?.doing === 'topping-up' &&
              trans.__('Paying; the network takes a minute or two.')}
            {model.busy?.doing === 'ending' &&
              trans.__('Ending; the network takes a minute or two.')}
          </p>
          {model.failure !== null && !isAbort(model.failure) && (
            <Failure error={model.failure} trans={trans} />
          )}
          {model.funds && (
            <Funds funds={model.funds} model={model} trans={trans} />
          )}
          {model.funds && model.items.length === 0 && (
            <p>{trans.__('Nothing of yours was stored from this browser.')}</p>
          )}
          <ul className="jp-web3-filecoin-items">
            {model.items.map(item => (
              <Item
                key={item.record.id}
                item={item}
                model={model}
                trans={trans}
              />
            ))}
          </ul>
        </div>
      )}
    </UseSignal>
  );
}

/** The panel; it asks the chain whenever it is shown. */
export class FilecoinPanel extends ReactWidget {
  constructor(
    private _model: FilecoinOverview,
    private _trans: Trans
  ) {
    super();
    this.addClass('jp-web3-filecoinPanel');
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._model.dispose();
      super.dispose();
    }
  }

  protected render(): React.JSX.Element {
    return <FilecoinStatus model={this._model} trans={this._trans} />;
  }

  /** A widget that is attached in sight is not told that it is shown. */
  protected onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    void this._model.refresh();
  }

  protected onAfterShow(message: Message): void {
    super.onAfterShow(message);
    void this._model.refresh();
  }
}
