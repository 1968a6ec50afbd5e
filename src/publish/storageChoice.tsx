/** Where a publication is kept, as the dialog's summary shows and asks it. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Problem } from '../ui/errors';
import type { DialogModel } from './dialogModel';
import { PAGE } from './storage';
import type { IOffer, StorageModel } from './storageModel';
import { keeperProblem } from './storageWords';
import '../../style/publish.css';

interface IProps {
  model: StorageModel;
  trans: TranslationBundle;
}

/** What it costs there, as read from the provider now. */
function QuoteOf(props: {
  offer: IOffer;
  trans: TranslationBundle;
}): React.JSX.Element | null {
  const { offer, trans } = props;
  const { quote } = offer;
  if (!offer.isChosen || quote === null) {
    return null;
  }
  if (quote === 'asking') {
    return (
      <p className="jp-web3-field-hint" role="status">
        {trans.__('Asking what it costs…')}
      </p>
    );
  }
  if ('failed' in quote) {
    return (
      <p className="jp-web3-field-hint" role="status">
        {trans.__(
          'What it costs can’t be told now: %1',
          keeperProblem(trans, quote.failed)
        )}
      </p>
    );
  }
  return (
    <div className="jp-web3-storageQuote" role="status">
      {quote.amounts.map(({ label, amount, symbol }) => (
        <p key={label}>{trans.__('%1: about %2 %3', label, amount, symbol)}</p>
      ))}
      {quote.prompts.length > 0 && (
        <>
          <p>{trans.__('For this your wallet will ask, too:')}</p>
          <ol>
            {quote.prompts.map((prompt, i) => (
              <li key={i}>{prompt}</li>
            ))}
          </ol>
        </>
      )}
      {quote.obstacle && (
        <p className="jp-web3-field-problem" role="alert">
          {quote.obstacle}
        </p>
      )}
    </div>
  );
}

function Offer(
  props: IProps & { offer: IOffer; name: string }
): React.JSX.Element {
  const { model, offer, name, trans } = props;
  const { provider } = offer;
  const id = `${name}-${provider.id}`;
  return (
    <li>
      <label>
        <input
          type="checkbox"
          checked={offer.isChosen}
          disabled={offer.isRefused}
          aria-describedby={offer.isRefused ? id : undefined}
          onChange={event => model.choose(provider.id, event.target.checked)}
        />{' '}
        {provider.label}
      </label>
      {offer.isRefused && (
        <p id={id} className="jp-web3-field-hint">
          {trans.__(
            'Not possible: it fetches from IPFS nodes, and nobody can fetch from a page.'
          )}
        </p>
      )}
      <QuoteOf offer={offer} trans={trans} />
    </li>
  );
}

function OnlyHere({ model, trans }: IProps): React.JSX.Element {
  const noUploads = !model.offers.some(({ isRefused }) => !isRefused);
  return (
    <Problem
      kind="warning"
      title={trans.__('Only this browser would have it.')}
      meaning={
        noUploads && !model.isLoading
          ? trans.__(
              'Nobody can fetch from a page. Add a service that takes uploads under “Pins and Pinning Services”, or start Kubo.'
            )
          : trans.__(
              'Nobody can fetch from a page. Choose somebody who takes uploads.'
            )
      }
    >
      <label>
        <input
          type="checkbox"
          checked={model.onlyPage}
          onChange={event => model.choose(PAGE, event.target.checked)}
        />{' '}
        {trans.__(
          'Publish it all the same: nobody who gets it can download it until it is pinned elsewhere, and clearing this browser’s data destroys it.'
        )}
      </label>
    </Problem>
  );
}

/** Who keeps it: the node in use, and those whom the person chooses. */
function Keepers({ model, trans }: IProps): React.JSX.Element {
  const name = React.useId();
  const { offers } = model;
  return (
    <>
      {offers.length > 0 && (
        <fieldset className="jp-web3-storage">
          <legend>
            {model.isPage ? trans.__('Uploaded to') : trans.__('Kept also by')}
          </legend>
          <ul>
            {offers.map(offer => (
              <Offer
                key={offer.provider.id}
                offer={offer}
                name={name}
                model={model}
                trans={trans}
              />
            ))}
          </ul>
        </fieldset>
      )}
      {model.failure !== null && (
        <Problem
          kind="warning"
          title={trans.__('Pinning services can’t be listed now.')}
          meaning={keeperProblem(trans, model.failure)}
        >
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => void model.load()}
          >
            {trans.__('Try again')}
          </button>
        </Problem>
      )}
      {model.needsSomebody && <OnlyHere model={model} trans={trans} />}
    </>
  );
}

/** Where it is kept, and whether the Ocean Node is there to read it. */
export function Stored(props: {
  model: DialogModel;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { model, trans } = props;
  const { ipfsStatus, node, network, storage } = model;
  return (
    <section aria-label={trans.__('Stored')}>
      <h4>{trans.__('Stored')}</h4>
      {ipfsStatus.state === 'offline' ? (
        <Problem
          title={trans.__('Your IPFS node does not answer.')}
          meaning={trans.__('Looked at %1.', ipfsStatus.endpoint)}
        >
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => void model.retryIpfs()}
          >
            {trans.__('Try again')}
          </button>
        </Problem>
      ) : (
        <p>
          {storage.isPage
            ? trans.__('In this browser.')
            : trans.__('On this IPFS node (%1), pinned.', ipfsStatus.endpoint)}
        </p>
      )}
      <Keepers model={storage} trans={trans} />
      {typeof node === 'object' && (
        <Problem
          title={
            network?.oceanNode
              ? trans.__('The Ocean Node does not answer.')
              : trans.__('No Ocean Node is set for this network.')
          }
          meaning={
            network?.oceanNode
              ? trans.__('Looked at %1.', network.oceanNode)
              : undefined
          }
          details={{ label: trans.__('Details'), text: node.failed }}
        >
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => void model.ask()}
          >
            {trans.__('Try again')}
          </button>
        </Problem>
      )}
    </section>
  );
}
