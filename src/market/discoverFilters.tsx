/** What a search is narrowed by: the form, and the filters in use as chips. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IAsset } from '../ocean/asset';
import { mediaTypesOf, type ISearchFilters } from '../ocean/search';
import type { INetwork } from '../tokens';
import type { Discovery } from './discover';
import { chipsOf, networkName, typeWords } from './discoverWords';

export interface IFiltersProps {
  discovery: Discovery;
  networks: readonly INetwork[];
  trans: TranslationBundle;
}

/** Choices that are offered; what somebody tags a thing with has no end. */
const OFFERED = 200;

/** What the assets at hand have, the most frequent first. */
function offered(
  rows: readonly IAsset[],
  of: (asset: IAsset) => readonly string[]
): string[] {
  const counts = new Map<string, number>();
  for (const asset of rows) {
    for (const value of of(asset)) {
      if (value) {
        counts.set(value, (counts.get(value) ?? 0) + 1);
      }
    }
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))
    .slice(0, OFFERED)
    .map(([value]) => value);
}

function Choice(props: {
  label: string;
  value: string;
  options: readonly (readonly [value: string, label: string])[];
  onChange: (value: string) => void;
}): React.JSX.Element {
  const id = React.useId();
  return (
    <div className="jp-web3-filter">
      <label htmlFor={id}>{props.label}</label>
      <select
        id={id}
        className="jp-mod-styled"
        value={props.value}
        onChange={event => props.onChange(event.target.value)}
      >
        {props.options.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Taken over by Enter, on leaving it, and when one of the offered is chosen. */
function TextFilter(props: {
  label: string;
  value: string;
  offered?: readonly string[];
  placeholder?: string;
  numeric?: boolean;
  onChange: (value: string) => void;
}): React.JSX.Element {
  const { label, value, offered: choices = [], numeric, onChange } = props;
  const id = React.useId();
  const [text, setText] = React.useState(value);
  React.useEffect(() => setText(value), [value]);
  const take = (next: string): void => {
    const wanted = numeric ? next.trim().replace(',', '.') : next.trim();
    if (wanted !== value) {
      onChange(wanted);
    }
  };
  const wrong = Boolean(
    numeric && text.trim() && !/^[0-9]+([.,][0-9]+)?$/.test(text.trim())
  );
  return (
    <div className="jp-web3-filter">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="jp-mod-styled"
        value={text}
        list={choices.length ? `${id}-offered` : undefined}
        inputMode={numeric ? 'decimal' : undefined}
        placeholder={props.placeholder}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={wrong}
        onChange={event => {
          setText(event.target.value);
          if (choices.includes(event.target.value)) {
            take(event.target.value);
          }
        }}
        onBlur={() => !wrong && take(text)}
        onKeyDown={event => {
          if (event.key === 'Enter' && !wrong) {
            event.preventDefault();
            take(text);
          }
        }}
      />
      {choices.length > 0 && (
        <datalist id={`${id}-offered`}>
          {choices.map(choice => (
            <option key={choice} value={choice} />
          ))}
        </datalist>
      )}
    </div>
  );
}

function Form(props: IFiltersProps): React.JSX.Element {
  const { discovery, networks, trans } = props;
  const { rows, search } = discovery.state;
  const { filters } = search;
  const set = (patch: ISearchFilters): void => discovery.setFilters(patch);
  const any = ['', trans.__('Any')] as const;
  const seen = React.useMemo(
    () => ({
      types: offered(rows, asset => [asset.type]),
      chains: new Set(rows.map(asset => asset.chainId)),
      licenses: offered(rows, asset => [asset.license]),
      tags: offered(rows, asset => asset.tags),
      authors: offered(rows, asset => [asset.author]),
      mediaTypes: offered(rows, mediaTypesOf)
    }),
    [rows]
  );
  const types = new Set([
    'dataset',
    'algorithm',
    ...seen.types,
    ...(filters.type ? [filters.type] : [])
  ]);
  const chains = new Set([
    ...networks.filter(one => one.oceanNode).map(one => one.chainId),
    ...seen.chains,
    ...(filters.chainId === undefined ? [] : [filters.chainId])
  ]);
  return (
    <div className="jp-web3-filters">
      <Choice
        label={trans.__('Type')}
        value={filters.type ?? ''}
        options={[
          any,
          ...[...types].map(type => [type, typeWords(type, trans)] as const)
        ]}
        onChange={type => set({ type })}
      />
      <Choice
        label={trans.__('Price')}
        value={filters.price ?? ''}
        options={[any, ['free', trans.__('Free')], ['paid', trans.__('Paid')]]}
        onChange={price =>
          set({ price: (price || undefined) as ISearchFilters['price'] })
        }
      />
      <TextFilter
        label={trans.__('Price from')}
        numeric
        value={filters.min ?? ''}
        onChange={min => set({ min })}
      />
      <TextFilter
        label={trans.__('Price up to')}
        numeric
        value={filters.max ?? ''}
        onChange={max => set({ max })}
      />
      <Choice
        label={trans.__('Network')}
        value={String(filters.chainId ?? '')}
        options={[
          any,
          ...[...chains].map(
            chainId =>
              [String(chainId), networkName(networks, chainId, trans)] as const
          )
        ]}
        onChange={chain => set({ chainId: chain ? Number(chain) : undefined })}
      />
      <TextFilter
        label={trans.__('Licence')}
        value={filters.license ?? ''}
        offered={seen.licenses}
        onChange={license => set({ license })}
      />
      <TextFilter
        label={trans.__('Tag')}
        value={filters.tag ?? ''}
        offered={seen.tags}
        onChange={tag => set({ tag })}
      />
      <TextFilter
        label={trans.__('Author')}
        value={filters.author ?? ''}
        placeholder={trans.__('Name, or 0x…')}
        offered={seen.authors}
        onChange={author => set({ author })}
      />
      <TextFilter
        label={trans.__('Media type')}
        value={filters.mediaType ?? ''}
        placeholder={trans.__('text/csv, image/*')}
        offered={seen.mediaTypes}
        onChange={mediaType => set({ mediaType })}
      />
    </div>
  );
}

export function Filters(props: IFiltersProps): React.JSX.Element {
  const { discovery, networks, trans } = props;
  const chips = chipsOf(discovery.state.search.filters, networks, trans);
  const summary = React.useRef<HTMLElement>(null);
  // A chip that goes would take the focus to nowhere.
  const leave = (): void => summary.current?.focus();
  return (
    <>
      <details className="jp-web3-discover-more">
        <summary ref={summary}>
          {chips.length > 0
            ? trans.__('Filters (%1)', chips.length)
            : trans.__('Filters')}
        </summary>
        <Form {...props} />
      </details>
      {chips.length > 0 && (
        <ul className="jp-web3-chips" aria-label={trans.__('Filters in use')}>
          {chips.map(({ label, without }) => (
            <li key={Object.keys(without)[0]}>
              <button
                type="button"
                title={trans.__('Remove the filter %1', label)}
                aria-label={trans.__('Remove the filter %1', label)}
                onClick={() => {
                  leave();
                  discovery.setFilters(without);
                }}
              >
                <bdi>{label}</bdi>
                <span aria-hidden="true"> ×</span>
              </button>
            </li>
          ))}
          <li>
            <button
              type="button"
              className="jp-web3-link"
              onClick={() => {
                leave();
                discovery.clearFilters();
              }}
            >
              {trans.__('Clear all')}
            </button>
          </li>
        </ul>
      )}
    </>
  );
}
