import type { TranslationBundle } from '@jupyterlab/translation';
import { checkIcon, copyIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { identicon } from './identicon';
import { knownAddresses, type IKnownAddress } from './knownAddresses';
import { useChanges } from './useChanges';

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

/** An address with its checksum (EIP-55), as soon as it is there. */
function useChecksum(address: string): string {
  const [checked, setChecked] = React.useState(address);
  React.useEffect(() => {
    let current = true;
    setChecked(address);
    if (/^0x[0-9a-f]{40}$/i.test(address)) {
      import('ethers/address').then(
        ({ getAddress }) => {
          if (current) {
            // Its own case may be wrong: then it is no mistake of the person.
            setChecked(getAddress(address.toLowerCase()));
          }
        },
        (reason: unknown) =>
          // In another case it is the same address.
          console.warn('Checksums could not be loaded', reason)
      );
    }
    return () => {
      current = false;
    };
  }, [address]);
  return checked;
}

function similarWords(
  similar: IKnownAddress,
  trans: TranslationBundle
): string {
  switch (similar.kind) {
    case 'own':
      return trans.__(
        'Careful: it looks like your account and is another one.'
      );
    case 'network':
      return trans.__(
        'Careful: it looks like %1 of your settings and is another one.',
        shortAddress(similar.address)
      );
    case 'seller':
      return trans.__(
        'Careful: it looks like the seller %1 that you bought from or bookmarked and is another one.',
        similar.address
      );
  }
}

/**
 * A short address with the full one on hover, and a button to copy it. One that
 * looks like a known one is shown in full, with a warning.
 */
export function Address(props: {
  address: string;
  trans: TranslationBundle;
  /** Show the picture of the address before it. */
  picture?: boolean;
  copy?: boolean;
}): React.JSX.Element {
  const { trans, picture, copy = true } = props;
  useChanges(knownAddresses.changed);
  const address = useChecksum(props.address);
  const similar = knownAddresses.similarTo(address);
  if (similar) {
    return (
      <span className="jp-web3-address jp-mod-similar">
        <span className="jp-web3-address-text">{address}</span>
        {copy && (
          <CopyButton
            text={address}
            label={trans.__('Copy address')}
            trans={trans}
          />
        )}
        <strong className="jp-web3-address-warning">
          {similarWords(similar, trans)}
        </strong>
      </span>
    );
  }
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
