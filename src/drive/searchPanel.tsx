/**
 * Searching by name, above the listing.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  closeIcon,
  fileIcon,
  folderIcon,
  ReactWidget,
  UseSignal
} from '@jupyterlab/ui-components';
import * as React from 'react';

import { type IFoundEntry, SearchModel } from './search';
import { describeError, formatBytes } from './words';
import '../../style/drive-search.css';
import '../../style/ipfs-info.css';

export { SearchModel };

interface IProps {
  model: SearchModel;
  trans: TranslationBundle;
  /** Show an entry in the listing. */
  reveal: (path: string) => void;
  /** The keyboard goes back to the listing. */
  leave: () => void;
}

/** Wait this long after a key before searching, in ms. */
const TYPING_MS = 250;

export class SearchPanel extends ReactWidget {
  constructor(private _props: IProps) {
    super();
    this.addClass('jp-web3-search');
  }

  protected render(): React.JSX.Element {
    const { model } = this._props;
    return (
      <UseSignal signal={model.changed}>
        {() =>
          model.isOpen ? <Search key={model.openings} {...this._props} /> : null
        }
      </UseSignal>
    );
  }
}

function Search(props: IProps): React.JSX.Element {
  const { model, trans, reveal, leave } = props;
  const [text, setText] = React.useState(model.query);
  const timer = React.useRef<ReturnType<typeof setTimeout>>();
  const field = React.useRef<HTMLInputElement>(null);
  // Whoever opens it, again too, is about to type.
  React.useEffect(() => {
    field.current?.focus();
    field.current?.select();
    return () => clearTimeout(timer.current);
  }, []);
  const search = (query: string, wait: number): void => {
    setText(query);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void model.start(query), wait);
  };
  const close = (): void => {
    clearTimeout(timer.current);
    model.close();
    leave();
  };
  const keys = (event: React.KeyboardEvent): void => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      close();
    } else if (event.key === 'Enter') {
      search(text, 0);
    }
  };
  return (
    <div role="search" aria-label={trans.__('Search by name')}>
      <div className="jp-web3-search-field">
        <input
          ref={field}
          type="search"
          className="jp-mod-styled"
          aria-label={trans.__('Name, here and in all folders below')}
          placeholder={trans.__('Name, here and below')}
          value={text}
          onChange={event => search(event.target.value, TYPING_MS)}
          onKeyDown={keys}
        />
        <button
          type="button"
          className="jp-web3-iconButton"
          aria-label={trans.__('Close the search')}
          title={trans.__('Close the search')}
          onClick={close}
        >
          <closeIcon.react tag="span" width="14px" height="14px" />
        </button>
      </div>
      <p className="jp-web3-search-state" role="status">
        {stateWords(model, trans)}
        {model.state === 'busy' && (
          <button
            type="button"
            className="jp-Button jp-mod-styled jp-mod-minimal"
            onClick={() => model.stop()}
          >
            {trans.__('Stop')}
          </button>
        )}
      </p>
      {model.found.length > 0 && (
        <ul aria-label={trans.__('Found')} onKeyDown={arrows}>
          {model.found.map(entry => (
            <Found
              key={entry.path}
              entry={entry}
              folder={model.folder}
              reveal={reveal}
            />
          ))}
        </ul>
      )}
    </div>
  );
}

function FoundRow(props: {
  entry: IFoundEntry;
  folder: string;
  reveal: (path: string) => void;
}): React.JSX.Element {
  const { entry, folder, reveal } = props;
  const { path, type, size } = entry;
  const Icon = type === 'directory' ? folderIcon : fileIcon;
  const name = path.slice(path.lastIndexOf('/') + 1);
  const above = path.slice(
    folder === '/' ? 1 : folder.length + 1,
    path.length - name.length
  );
  return (
    <li>
      <button
        type="button"
        title={type === 'directory' ? path : `${path}\n${formatBytes(size)}`}
        onClick={() => reveal(path)}
      >
        <Icon.react tag="span" className="jp-web3-search-icon" />
        <span className="jp-web3-search-name">{name}</span>
        <span className="jp-web3-search-above">{above}</span>
      </button>
    </li>
  );
}

const Found = React.memo(FoundRow);

/** Up and down among what was found. */
function arrows(event: React.KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) {
    return;
  }
  event.preventDefault();
  const buttons = Array.from(event.currentTarget.querySelectorAll('button'));
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  buttons[Math.max(0, Math.min(buttons.length - 1, at + step))]?.focus();
}

function stateWords(model: SearchModel, trans: TranslationBundle): string {
  const { state, found, folders, error } = model;
  const counted = trans.__('%1 found in %2 folders', found.length, folders);
  switch (state) {
    case 'idle':
      return '';
    case 'busy':
      return trans.__('Searching: %1', counted);
    case 'done':
      return counted;
    case 'stopped':
      return trans.__('Stopped: %1', counted);
    case 'limit':
      return trans.__(
        'The first %1. Type more of the name to see others.',
        found.length
      );
    case 'failed':
      return describeError(error, trans);
  }
}
