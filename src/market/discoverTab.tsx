/** Finding assets. */
import * as React from 'react';

import { findDid } from '../ocean/catalogue';
import type { ISidebarOptions } from './sidebar';

function OpenForm(props: ISidebarOptions): React.JSX.Element {
  const { trans, open } = props;
  const [text, setText] = React.useState('');
  const [wrong, setWrong] = React.useState(false);
  const id = React.useId();
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const did = findDid(text);
    setWrong(did === null);
    if (did) {
      setText('');
      open(did);
    }
  };
  return (
    <form onSubmit={submit} className="jp-web3-market-open">
      <label htmlFor={id}>{trans.__('Open an asset')}</label>
      <input
        id={id}
        className="jp-mod-styled"
        value={text}
        placeholder={trans.__('did:op:… or a link')}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={wrong}
        aria-describedby={wrong ? `${id}-wrong` : undefined}
        onChange={event => {
          setText(event.target.value);
          setWrong(false);
        }}
      />
      <button
        type="submit"
        className="jp-mod-styled jp-mod-accept"
        disabled={text.trim() === ''}
      >
        {trans.__('Open')}
      </button>
      {wrong && (
        <p id={`${id}-wrong`} role="alert">
          {trans.__(
            'There is no DID in this. It starts with did:op: and goes on with 64 digits and letters.'
          )}
        </p>
      )}
    </form>
  );
}

export function DiscoverTab(props: ISidebarOptions): React.JSX.Element {
  return <OpenForm {...props} />;
}
