/**
 * Parts of the info panel that arrive after the rest.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IName } from '../ipfs/ipns';
import type { IHolder } from '../tokens';
import { CopyButton } from '../ui/address';
import type { Asked, Preview } from './infoModel';
import { storageError } from './storageWords';
import '../../style/ipfs-info.css';

interface IPart {
  trans: TranslationBundle;
}

/** Texts and pictures of strangers: as text, and as an image that runs nothing. */
export function PreviewOf(
  props: IPart & {
    preview: Asked<Preview | null>;
    open: (cid: string) => void;
  }
): React.JSX.Element {
  const { preview, trans, open } = props;
  if (preview.state === 'asking') {
    return <p role="status">{trans.__('Loading…')}</p>;
  }
  if (preview.state === 'failed') {
    return <p role="alert">{storageError(preview.problem, trans)}</p>;
  }
  const { value } = preview;
  switch (value?.kind) {
    case 'image':
      return <Picture blob={value.blob} trans={trans} />;
    case 'text':
      return (
        <>
          {/* Scrolled, so it has to be reached by keyboard. */}
          <pre className="jp-web3-info-text" tabIndex={0} dir="auto">
            {value.text}
          </pre>
          {value.cut && (
            <p className="jp-web3-info-quiet">
              {trans.__('This is its beginning.')}
            </p>
          )}
        </>
      );
    case 'folder':
      return value.entries.length ? (
        <>
          <ul className="jp-web3-info-entries">
            {value.entries.map(({ name, cid }) => (
              <li key={name}>
                <button
                  type="button"
                  className="jp-web3-linkButton"
                  title={cid}
                  onClick={() => open(cid)}
                >
                  <bdi>{name}</bdi>
                </button>
              </li>
            ))}
          </ul>
          {value.cut && (
            <p className="jp-web3-info-quiet">
              {trans.__('There are more; “Blocks” shows all.')}
            </p>
          )}
        </>
      ) : (
        <p className="jp-web3-info-quiet">{trans.__('The folder is empty.')}</p>
      );
    default:
      return (
        <p className="jp-web3-info-quiet">
          {trans.__('There is no preview of this kind of content.')}
        </p>
      );
  }
}

function Picture(props: IPart & { blob: Blob }): React.JSX.Element {
  const { blob, trans } = props;
  const [url, setUrl] = React.useState<string | null>(null);
  const [broken, setBroken] = React.useState(false);
  React.useEffect(() => {
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  if (broken) {
    return <p>{trans.__('The picture is damaged.')}</p>;
  }
  return (
    <>
      {url && (
        <img
          className="jp-web3-info-image"
          src={url}
          alt={trans.__('Preview of the picture')}
          onError={() => setBroken(true)}
        />
      )}
    </>
  );
}

/** Who was asked, and what they said. */
export function Holders(
  props: IPart & { holders: Asked<IHolder[]>; again: () => void }
): React.JSX.Element {
  const { holders, trans, again } = props;
  if (holders.state === 'asking') {
    return <p role="status">{trans.__('Asking…')}</p>;
  }
  const words = (has: boolean | null): string =>
    has === null
      ? trans.__('could not be asked')
      : has
        ? trans.__('keeps it')
        : trans.__('does not keep it');
  return (
    <>
      {holders.state === 'failed' ? (
        <p role="alert">{storageError(holders.problem, trans)}</p>
      ) : holders.value.length ? (
        <ul className="jp-web3-info-holders">
          {holders.value.map(({ id, label, has, detail, checked }) => (
            <li key={id} data-has={String(has)}>
              <span aria-hidden="true" className="jp-web3-info-dot" />
              <span>
                <b>{label}</b> {words(has)}
                {detail && (
                  <span className="jp-web3-info-quiet"> {detail}</span>
                )}
              </span>
              <time
                className="jp-web3-info-quiet"
                dateTime={checked}
                title={checked}
              >
                {new Date(checked).toLocaleTimeString()}
              </time>
            </li>
          ))}
        </ul>
      ) : (
        <p>{trans.__('Nobody was found to keep it.')}</p>
      )}
      <button type="button" className="jp-web3-linkButton" onClick={again}>
        {trans.__('Check again')}
      </button>
    </>
  );
}

/** Names that point at it now. */
export function Names(
  props: IPart & {
    names: Asked<IName[]>;
    publish: () => void;
    again: () => void;
  }
): React.JSX.Element {
  const { names, trans, publish, again } = props;
  return (
    <>
      {names.state === 'asking' && (
        <p role="status">{trans.__('Looking at your names…')}</p>
      )}
      {names.state === 'failed' && (
        <p role="alert">{storageError(names.problem, trans)}</p>
      )}
      {names.state === 'told' &&
        (names.value.length ? (
          <ul className="jp-web3-info-links">
            {names.value.map(({ id, name }) => (
              <li key={id}>
                <b>{name}</b>
                <code title={`ipns://${id}`}>{`ipns://${id}`}</code>
                <CopyButton
                  text={`ipns://${id}`}
                  label={trans.__('Copy: %1', name)}
                  trans={trans}
                />
              </li>
            ))}
          </ul>
        ) : (
          <p className="jp-web3-info-quiet">
            {trans.__(
              'No name of yours points at it. A name stays the same when the content changes.'
            )}
          </p>
        ))}
      <div className="jp-web3-info-actions">
        <button
          type="button"
          className="jp-Button jp-mod-styled jp-mod-minimal"
          onClick={publish}
        >
          {trans.__('Publish under a name…')}
        </button>
        <button type="button" className="jp-web3-linkButton" onClick={again}>
          {trans.__('Look again')}
        </button>
      </div>
    </>
  );
}

/** A link as a QR code, made when it is asked for. */
export function QrCode(props: IPart & { text: string }): React.JSX.Element {
  const { text, trans } = props;
  const [shown, setShown] = React.useState(false);
  const [svg, setSvg] = React.useState<{ path: string; size: number } | null>(
    null
  );
  React.useEffect(() => {
    if (!shown) {
      return;
    }
    let current = true;
    import('./qr').then(
      ({ qrPath }) => {
        if (current) {
          setSvg(qrPath(text));
        }
      },
      (reason: unknown) => {
        console.error('No QR code', reason);
        setShown(false);
      }
    );
    return () => {
      current = false;
    };
  }, [shown, text]);
  return (
    <>
      <button
        type="button"
        className="jp-web3-linkButton"
        aria-expanded={shown}
        onClick={() => setShown(!shown)}
      >
        {shown ? trans.__('Hide the QR code') : trans.__('Show a QR code')}
      </button>
      {shown && svg && (
        <svg
          className="jp-web3-info-qr"
          role="img"
          aria-label={trans.__('QR code of %1', text)}
          viewBox={`0 0 ${svg.size} ${svg.size}`}
          shapeRendering="crispEdges"
        >
          <path d={svg.path} />
        </svg>
      )}
    </>
  );
}
