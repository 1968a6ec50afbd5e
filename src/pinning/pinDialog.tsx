/** "Pin…": where, and for a folder whether it is to stay so as it changes. */
import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IPinProvider, IPinQuote, IPinRequest } from '../tokens';
import type { Pinning } from './pinning';
import { errorWords, kindWords } from './words';
import '../../style/pinning.css';

export interface IPinChoice {
  provider: string;
  /** Keep it pinned as it changes. */
  follow: boolean;
}

interface IProps {
  pinning: Pinning;
  request: IPinRequest;
  isFolder: boolean;
  /** Whether only this page has it. */
  pageOnly: boolean;
  choice: IPinChoice;
  addService: () => Promise<void>;
  trans: TranslationBundle;
}

/** What it costs there, as read from the provider now. */
function Quote(props: {
  provider: IPinProvider;
  request: IPinRequest;
  trans: TranslationBundle;
}): React.JSX.Element | null {
  const { provider, request, trans } = props;
  const [quote, setQuote] = React.useState<IPinQuote | string | null>(null);
  React.useEffect(() => {
    const controller = new AbortController();
    setQuote(null);
    provider.quote(request, { signal: controller.signal }).then(
      found => setQuote(found),
      (reason: unknown) => {
        if (!controller.signal.aborted) {
          setQuote(errorWords(trans, reason));
        }
      }
    );
    return () => controller.abort();
  }, [provider, request]);
  if (typeof quote === 'string' || quote === null) {
    return quote ? <p role="alert">{quote}</p> : null;
  }
  return (
    <div className="jp-web3-pin-quote" role="status">
      <dl>
        {quote.amounts.map(({ label, amount, symbol }) => (
          <React.Fragment key={label}>
            <dt>{label}</dt>
            <dd>
              {amount} {symbol}
            </dd>
          </React.Fragment>
        ))}
      </dl>
      {quote.prompts.length > 0 && (
        <>
          <p>{trans.__('Your wallet will ask:')}</p>
          <ol>
            {quote.prompts.map(prompt => (
              <li key={prompt}>{prompt}</li>
            ))}
          </ol>
        </>
      )}
      {quote.obstacle && <p role="alert">{quote.obstacle}</p>}
    </div>
  );
}

function Form(props: IProps): React.JSX.Element {
  const { pinning, request, isFolder, pageOnly, choice, trans } = props;
  const [chosen, choose] = React.useState(choice.provider);
  const [follow, setFollow] = React.useState(choice.follow);
  choice.provider = chosen;
  choice.follow = follow;
  const refused = (provider: IPinProvider): boolean =>
    pageOnly && provider.takes === 'fetch' && provider.kind !== 'node';
  const current = pinning.providers.find(({ id }) => id === chosen);
  return (
    <>
      <fieldset className="jp-web3-pin-choice">
        <legend>
          {trans.__('Who is to keep “%1”?', request.name || request.cid)}
        </legend>
        {pinning.providers.map(provider => (
          <label key={provider.id}>
            <input
              type="radio"
              name="jp-web3-pin-provider"
              value={provider.id}
              checked={chosen === provider.id}
              disabled={refused(provider)}
              onChange={() => choose(provider.id)}
            />
            <span>{provider.label}</span>
            <span className="jp-web3-pin-listDetail">
              {refused(provider)
                ? trans.__(
                    'It fetches from nodes, and nobody can fetch from a page'
                  )
                : kindWords(trans, provider)}
            </span>
          </label>
        ))}
      </fieldset>
      <button
        type="button"
        className="jp-mod-styled jp-Button jp-mod-minimal"
        onClick={() => void props.addService()}
      >
        {trans.__('Add a service…')}
      </button>
      {isFolder && !current?.agree && (
        <label className="jp-web3-pin-follow">
          <input
            type="checkbox"
            checked={follow}
            onChange={event => setFollow(event.target.checked)}
          />
          {trans.__('Keep it pinned there as it changes')}
        </label>
      )}
      {current && !current.agree && (
        <Quote provider={current} request={request} trans={trans} />
      )}
      {current?.agree && (
        <p>{trans.__('You see what it costs before anything is asked.')}</p>
      )}
      {current && current.kind !== 'node' && (
        <p className="jp-web3-pin-listDetail">
          {trans.__(
            'Whoever keeps it can read it, and so can everybody who learns its CID.'
          )}
        </p>
      )}
    </>
  );
}

class PinForm extends ReactWidget implements Dialog.IBodyWidget<IPinChoice> {
  constructor(private _props: IProps) {
    super();
    this.addClass('jp-web3-pinDialog');
  }

  getValue(): IPinChoice {
    return this._props.choice;
  }

  protected render(): React.JSX.Element {
    return (
      <UseSignal signal={this._props.pinning.providersChanged}>
        {() => <Form {...this._props} />}
      </UseSignal>
    );
  }
}

/** Ask where; null where the person said no. */
export async function askWhere(
  props: Omit<IProps, 'choice'>
): Promise<IPinChoice | null> {
  const { pinning, trans } = props;
  const others = pinning.providers.filter(
    ({ kind, takes }) =>
      kind !== 'node' &&
      kind !== 'filecoin' &&
      !(props.pageOnly && takes === 'fetch')
  );
  const dialog = new Dialog<IPinChoice>({
    title: trans.__('Pin'),
    body: new PinForm({
      ...props,
      choice: {
        provider: (others[0] ?? pinning.providers[0]).id,
        follow: false
      }
    }),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Pin') })
    ]
  });
  const { button, value } = await dialog.launch();
  return button.accept ? value : null;
}
