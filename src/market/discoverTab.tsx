/** Finding assets: a field, what narrows it, and one list over all Ocean Nodes. */
import type { ISignal } from '@lumino/signaling';
import * as React from 'react';

import type { IAsset } from '../ocean/asset';
import { findDid } from '../ocean/catalogue';
import {
  effectiveSort,
  filtersHere,
  SEARCH_SORTS,
  type ISearch,
  type SearchSort
} from '../ocean/search';
import { knownAddresses } from '../ui/knownAddresses';
import type { NotedAsset } from './bookmarks';
import type { INodeState } from './discover';
import { Filters } from './discoverFilters';
import { AssetRow } from './discoverRow';
import { Saved } from './discoverSaved';
import { countWords, nodeWords, sortWords } from './discoverWords';
import type { ISidebarOptions } from './sidebar';
import { VirtualList } from './virtualList';
import '../../style/discover.css';

/** Draw again at once whenever a signal comes. */
function useSignal<S>(signal: ISignal<S, unknown>): void {
  const [, again] = React.useReducer((n: number) => n + 1, 0);
  React.useEffect(() => {
    const slot = (): void => again();
    signal.connect(slot);
    again();
    return () => {
      signal.disconnect(slot);
    };
  }, [signal]);
}

/** What the list is of. */
type Shelf = 'all' | 'bookmarks' | 'recent';

interface IFieldProps extends ISidebarOptions {
  /** Put the keyboard into the list. */
  enterList: () => void;
}

/** Words search as they are typed; a DID or a link with one opens the asset. */
function Field(props: IFieldProps): React.JSX.Element {
  const { model, trans, open, enterList } = props;
  const [wrong, setWrong] = React.useState(false);
  const id = React.useId();
  const [text, setText] = React.useState(model.query);
  // What a command searches for stands here as if it had been typed.
  React.useEffect(() => setText(model.query), [model.query]);
  const did = findDid(text);
  const openDid = (found: string): void => {
    setWrong(false);
    setText('');
    model.search('');
    open(found);
  };
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    if (did) {
      openDid(did);
    } else if (/^\s*did:/i.test(text)) {
      setWrong(true);
    } else {
      props.room.discovery.again();
    }
  };
  return (
    <form onSubmit={submit} role="search" className="jp-web3-discover-field">
      <input
        id={id}
        type="search"
        className="jp-mod-styled"
        value={text}
        aria-label={trans.__('Search or paste a DID')}
        placeholder={trans.__('Search or paste a DID')}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={wrong}
        aria-describedby={wrong || did ? `${id}-told` : undefined}
        onChange={event => {
          setWrong(false);
          setText(event.target.value);
          model.search(event.target.value);
        }}
        onPaste={event => {
          const pasted = findDid(event.clipboardData.getData('text'));
          if (pasted) {
            event.preventDefault();
            openDid(pasted);
          }
        }}
        onKeyDown={event => {
          if (event.key === 'ArrowDown') {
            event.preventDefault();
            enterList();
          }
        }}
      />
      {did && (
        <p id={`${id}-told`} className="jp-web3-asset-quiet">
          {trans.__('Press Enter to open this asset.')}
        </p>
      )}
      {wrong && (
        <p id={`${id}-told`} role="alert">
          {trans.__(
            'There is no DID in this. It starts with did:op: and goes on with 64 digits and letters.'
          )}
        </p>
      )}
    </form>
  );
}

/** One of the nodes that there is something to say of, with a way on. */
function NodeLine(props: {
  node: INodeState;
  retry: () => void;
  trans: ISidebarOptions['trans'];
}): React.JSX.Element | null {
  const { node, retry, trans } = props;
  const [, tick] = React.useReducer((n: number) => n + 1, 0);
  const waiting = node.phase === 'waiting';
  // The seconds that are told run down.
  React.useEffect(() => {
    if (waiting) {
      const timer = setInterval(tick, 1000);
      return () => clearInterval(timer);
    }
  }, [waiting]);
  const words = nodeWords(node, trans);
  return words ? (
    <p
      role={node.phase === 'failed' ? 'alert' : undefined}
      className="jp-web3-discover-node"
      title={node.url}
    >
      {words}{' '}
      {node.phase === 'failed' && (
        <button type="button" className="jp-web3-link" onClick={retry}>
          {trans.__('Try again')}
        </button>
      )}
    </p>
  ) : null;
}

/** What there is to say of the nodes. */
function Nodes(props: ISidebarOptions): React.JSX.Element {
  const { trans, room } = props;
  const { nodes, unreadable } = room.discovery.state;
  return (
    <>
      {nodes.map(node => (
        <NodeLine
          key={node.url}
          node={node}
          retry={() => room.discovery.retry(node.url)}
          trans={trans}
        />
      ))}
      {unreadable > 0 && (
        <p className="jp-web3-discover-node">
          {trans._n(
            '%1 record can’t be read and is left out.',
            '%1 records can’t be read and are left out.',
            unreadable,
            unreadable
          )}
        </p>
      )}
    </>
  );
}

/** Why there is nothing to be seen. */
function Nothing(props: ISidebarOptions): React.JSX.Element {
  const { trans, room } = props;
  const { nodes, search } = room.discovery.state;
  const filtered = Object.keys(search.filters).length > 0;
  return (
    <div className="jp-web3-discover-empty">
      {nodes.length === 0 ? (
        <>
          <p>
            {trans.__(
              'No Ocean Node is in your settings: there is nothing to search.'
            )}
          </p>
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => room.openSettings()}
          >
            {trans.__('Open the settings')}
          </button>
        </>
      ) : nodes.every(node => node.phase === 'failed') ? (
        <p>{trans.__('Nothing can be searched until a node answers.')}</p>
      ) : (
        <>
          <p>
            {search.text.trim()
              ? trans.__('Nothing found for “%1”.', search.text.trim())
              : trans.__('Nothing found.')}
          </p>
          {filtered && (
            <button
              type="button"
              className="jp-mod-styled"
              onClick={() => room.discovery.clearFilters()}
            >
              {trans.__('Remove the filters')}
            </button>
          )}
        </>
      )}
    </div>
  );
}

export function DiscoverTab(props: ISidebarOptions): React.JSX.Element {
  const { model, room, wallet, trans, open } = props;
  const { discovery, bookmarks, recent, searches } = room;
  const [shelf, setShelf] = React.useState<Shelf>('all');
  const intoList = React.useRef<(() => void) | null>(null);
  const id = React.useId();
  useSignal(discovery.changed);
  useSignal(bookmarks.changed);
  useSignal(recent.changed);
  useSignal(searches.changed);
  // Rows warn of sellers who look like others.
  useSignal(knownAddresses.changed);
  React.useEffect(() => discovery.start(), [discovery]);
  // A text with a DID in it is to be opened, not looked for.
  const text = findDid(model.query) ? '' : model.query;
  React.useEffect(() => {
    if (text !== discovery.state.search.text) {
      // Whoever searches, by hand or by command, wants to see what is found.
      setShelf('all');
      discovery.setText(text);
    }
  }, [discovery, text]);
  const want = React.useCallback(
    (rows: number) => discovery.want(rows),
    [discovery]
  );

  const { networks } = wallet;
  const { rows, search, searching, complete } = discovery.state;
  const notes = shelf === 'bookmarks' ? bookmarks : recent;
  const noted = shelf === 'all' ? [] : notes.list();
  const items: readonly (NotedAsset & Partial<IAsset>)[] =
    shelf === 'all' ? rows : noted;
  const chains = new Set(items.map(({ chainId }) => chainId));
  const sorts = sortWords(trans);
  const tokens = new Set(
    rows.map(({ stats }) => stats.price?.token ?? null).filter(Boolean)
  );
  const apply = (saved: ISearch): void => {
    setShelf('all');
    discovery.apply(saved);
    model.search(saved.text);
  };
  return (
    <div className="jp-web3-discover">
      <Field {...props} enterList={() => intoList.current?.()} />
      <div className="jp-web3-discover-bar">
        <label htmlFor={`${id}-shelf`} className="jp-web3-visuallyHidden">
          {trans.__('Show')}
        </label>
        <select
          id={`${id}-shelf`}
          className="jp-mod-styled"
          value={shelf}
          onChange={event => setShelf(event.target.value as Shelf)}
        >
          <option value="all">{trans.__('All assets')}</option>
          <option value="bookmarks">{trans.__('Bookmarked')}</option>
          <option value="recent">{trans.__('Recently opened')}</option>
        </select>
        {shelf === 'all' && (
          <>
            <label htmlFor={`${id}-sort`} className="jp-web3-visuallyHidden">
              {trans.__('Sort by')}
            </label>
            <select
              id={`${id}-sort`}
              className="jp-mod-styled"
              value={search.sort}
              onChange={event =>
                discovery.setSort(event.target.value as SearchSort)
              }
            >
              {SEARCH_SORTS.map(sort => (
                <option key={sort} value={sort}>
                  {sorts[sort]}
                </option>
              ))}
            </select>
          </>
        )}
      </div>
      {shelf === 'all' && (
        <div className="jp-web3-discover-narrow">
          <Filters discovery={discovery} networks={networks} trans={trans} />
          <Saved
            searches={searches}
            search={search}
            networks={networks}
            apply={apply}
            trans={trans}
          />
        </div>
      )}
      <p role="status" className="jp-web3-discover-count">
        {shelf !== 'all'
          ? countWords(noted.length, true, trans)
          : searching
            ? trans.__('Searching…')
            : countWords(rows.length, complete, trans)}
      </p>
      {shelf === 'all' && (
        <>
          <Nodes {...props} />
          {(['price', 'dearest'].includes(effectiveSort(search)) ||
            filtersHere(search)) &&
            tokens.size > 1 && (
              <p className="jp-web3-discover-node">
                {trans.__(
                  'Prices in different tokens are compared as numbers.'
                )}
              </p>
            )}
        </>
      )}
      {shelf === 'all' && !searching && complete && rows.length === 0 && (
        <Nothing {...props} />
      )}
      {shelf !== 'all' && noted.length === 0 && (
        <p className="jp-web3-discover-empty">
          {shelf === 'bookmarks'
            ? trans.__('No bookmarks yet: press the star of an asset.')
            : trans.__('You have not opened any asset yet.')}
        </p>
      )}
      {items.length > 0 && (
        <VirtualList
          // What is found anew is looked at from its top.
          key={`${shelf} ${JSON.stringify(search)}`}
          label={trans.__('Assets')}
          items={items}
          complete={shelf !== 'all' || complete}
          busy={shelf === 'all' && searching}
          keyOf={({ did }) => did}
          open={({ did }) => open(did)}
          want={shelf === 'all' ? want : undefined}
          focusRef={intoList}
          render={(asset, current) => (
            <AssetRow
              asset={asset}
              current={current}
              withNetwork={chains.size > 1}
              networks={networks}
              bookmarks={bookmarks}
              open={open}
              trans={trans}
            />
          )}
        />
      )}
    </div>
  );
}
