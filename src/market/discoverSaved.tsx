/** Searches with a name: to come back to, and to be forgotten. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { INetwork } from '../tokens';
import type { ISearch } from '../ocean/search';
import { searchName } from './discoverWords';
import type { SavedSearches } from './savedSearches';

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
  const id = React.useId();
  const list = searches.list();
  const offered = searchName(search, networks, trans);
  const save = (event: React.FormEvent): void => {
    event.preventDefault();
    const label = name.trim() || offered;
    if (label) {
      searches.save(label, search);
      setName('');
    }
  };
  return (
    <details className="jp-web3-discover-more">
      <summary>
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
              onClick={() => searches.remove(saved.name)}
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
          disabled={!name.trim() && !offered}
        >
          {trans.__('Save')}
        </button>
      </form>
    </details>
  );
}
