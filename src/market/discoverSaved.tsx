/** Searches with a name: to come back to, and to be forgotten. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { INetwork } from '../tokens';
import type { ISearch } from '../ocean/search';
import { searchName } from './discoverWords';
import { SavedSearches } from './savedSearches';

export interface ISavedProps {
  searches: SavedSearches;
  search: ISearch;
  networks: readonly INetwork[];
  apply: (search: ISearch) => void;
  trans: TranslationBundle;
}

export function Saved(props: ISavedProps): React.JSX.Element {
  const { searches, search, networks, apply, trans } = props;
  const [name, setName] = React.useState('');
  /** The name that a search has already, and that is to be asked for. */
  const [taken, setTaken] = React.useState('');
  const summary = React.useRef<HTMLElement>(null);
  const id = React.useId();
  const list = searches.list();
  const offered = searchName(search, networks, trans);
  const label = SavedSearches.nameOf(name) || SavedSearches.nameOf(offered);
  const asks = Boolean(label) && taken === label && searches.has(label);
  const save = (event: React.FormEvent): void => {
    event.preventDefault();
    if (label && searches.has(label) && !asks) {
      setTaken(label);
    } else if (label) {
      searches.save(label, search);
      setName('');
      setTaken('');
    }
  };
  return (
    <details className="jp-web3-discover-more">
      <summary ref={summary}>
        {list.length > 0
          ? trans.__('Saved searches (%1)', list.length)
          : trans.__('Saved searches')}
      </summary>
      <ul aria-label={trans.__('Saved searches')}>
        {list.map(saved => (
          <li key={saved.name} className="jp-web3-saved">
            <button
              type="button"
              className="jp-web3-market-item"
              title={saved.name}
              onClick={() => apply(saved.search)}
            >
              <bdi>{saved.name}</bdi>
            </button>
            <button
              type="button"
              className="jp-web3-iconButton"
              aria-label={trans.__('Forget the search %1', saved.name)}
              title={trans.__('Forget')}
              onClick={() => {
                // The button goes, and would take the focus to nowhere.
                summary.current?.focus();
                searches.remove(saved.name);
              }}
            >
              <span aria-hidden="true">×</span>
            </button>
          </li>
        ))}
      </ul>
      <form className="jp-web3-saved" onSubmit={save}>
        <label htmlFor={id} className="jp-web3-visuallyHidden">
          {trans.__('Name of this search')}
        </label>
        <input
          id={id}
          className="jp-mod-styled"
          value={name}
          placeholder={offered || trans.__('Search for something first')}
          onChange={event => setName(event.target.value)}
        />
        <button
          type="submit"
          className="jp-mod-styled"
          disabled={!label}
          aria-describedby={asks ? `${id}-taken` : undefined}
        >
          {asks ? trans.__('Replace') : trans.__('Save')}
        </button>
      </form>
      {asks && (
        <p id={`${id}-taken`} role="alert" className="jp-web3-discover-node">
          {trans.__(
            'There is a search of this name. Press Replace, or choose another name.'
          )}
        </p>
      )}
    </details>
  );
}
