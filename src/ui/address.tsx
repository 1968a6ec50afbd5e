import type { TranslationBundle } from '@jupyterlab/translation';
import { checkIcon, copyIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { identicon } from './identicon';

/** `0x7099…79C8`. */
export function shortAddress(address: string): string {
  return address.length > 12
    ? `${address.slice(0, 6)}…${address.slice(-4)}`
    : address;
}

/** How long the copy button says that it copied, in milliseconds. */
const COPIED_MS = 1500;

/** A button that copies a text and says so. */
export function CopyButton(props: {
  text: string;
  /** What is copied, as the button's name: "Copy address". */
  label: string;
  trans: TranslationBundle;
}): React.JSX.Element {
  const [answer, setAnswer] = React.useState<'copied' | 'failed' | null>(null);
  React.useEffect(() => {
    if (!answer) {
      return;
    }
    const timer = setTimeout(() => setAnswer(null), COPIED_MS);
    return () => clearTimeout(timer);
  }, [answer]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(props.text);
      setAnswer('copied');
    } catch {
      // No permission, or not a secure context: the text can be selected.
      setAnswer('failed');
    }
  };
  const Icon = answer === 'copied' ? checkIcon : copyIcon;
  return (
    <>
      <button
        type="button"
        className="jp-web3-iconButton"
        title={props.label}
        aria-label={props.label}
        onClick={() => void copy()}
      >
        <Icon.react tag="span" elementSize="normal" />
      </button>
      <span className="jp-web3-visuallyHidden" role="status">
        {answer === 'copied' && props.trans.__('Copied')}
        {answer === 'failed' &&
          props.trans.__('Copying is not allowed here; select the text')}
      </span>
    </>
  );
}

/** The picture of an address; decoration, so hidden from assistive technology. */
export function Identicon(props: { address: string }): React.JSX.Element {
  const [source, setSource] = React.useState<string | null>(null);
  React.useEffect(() => {
    let current = true;
    identicon(props.address).then(
      uri => {
        if (current) {
          setSource(uri);
        }
      },
      // Without a canvas there is no picture; the address says the same.
      () => setSource(null)
    );
    return () => {
      current = false;
    };
  }, [props.address]);
  return source ? (
    <img className="jp-web3-identicon" src={source} alt="" />
  ) : (
    <span className="jp-web3-identicon" aria-hidden="true" />
  );
}

/** A short address with the full one on hover, and a button to copy it. */
export function Address(props: {
  address: string;
  trans: TranslationBundle;
  /** Show the picture of the address before it. */
  picture?: boolean;
  copy?: boolean;
}): React.JSX.Element {
  const { address, trans, picture, copy = true } = props;
  return (
    <span className="jp-web3-address">
      {picture && <Identicon address={address} />}
      <span className="jp-web3-address-text" title={address}>
        <span aria-hidden="true">{shortAddress(address)}</span>
        <span className="jp-web3-visuallyHidden">{address}</span>
      </span>
      {copy && (
        <CopyButton
          text={address}
          label={trans.__('Copy address')}
          trans={trans}
        />
      )}
    </span>
  );
}
