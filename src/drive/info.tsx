/**
 * The info panel: what a content is on IPFS, who has it, how others get it.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';

import { CommandIDs } from '../commands';
import { isRouter } from '../ipfs/routing';
import { CopyButton } from '../ui/address';
import { Problem } from '../ui/errors';
import { Holders, Names, PreviewOf, QrCode } from './infoParts';
import type { InfoModel } from './infoModel';
import type { IStorageContext } from './inspect';
import { storageError } from './storageWords';
import { formatBytes } from './words';
import '../../style/ipfs-info.css';

interface IProps {
  model: InfoModel;
  context: IStorageContext;
}

/** The kind of a content in a word or two. */
function kindWords(model: InfoModel, trans: TranslationBundle): string {
  switch (model.node?.kind) {
    case 'directory':
      return trans.__('Folder');
    case 'shard':
      return trans.__('Large folder');
    case 'file':
    case 'raw':
      return trans.__('File');
    case 'symlink':
      return trans.__('Link');
    case 'node':
      return trans.__('Data object');
    default:
      return trans.__('Block');
  }
}

function Identifiers({ model, context }: IProps): React.JSX.Element {
  const { trans } = context;
  const { base32, base36, v0 } = model.forms;
  const rows: [string, string | null][] = [
    [trans.__('CID'), base32],
    [trans.__('CID in base36'), base36],
    [trans.__('CID version 0'), v0]
  ];
  return (
    <dl className="jp-web3-info-list">
      {rows.map(([label, text]) => (
        <React.Fragment key={label}>
          <dt>{label}</dt>
          <dd>
            {text ? (
              <>
                <code>{text}</code>
                <CopyButton
                  text={text}
                  label={trans.__('Copy: %1', label)}
                  trans={trans}
                />
              </>
            ) : (
              <span className="jp-web3-info-quiet">
                {trans.__('This content has none')}
              </span>
            )}
          </dd>
        </React.Fragment>
      ))}
    </dl>
  );
}

function Facts({ model, context }: IProps): React.JSX.Element | null {
  const { trans } = context;
  const { node } = model;
  if (!node) {
    return null;
  }
  const rows: [string, string][] = [
    [trans.__('Kind'), kindWords(model, trans)],
    ...(model.size === null
      ? []
      : [[trans.__('Size'), sizeWords(model.size, trans)] as [string, string]]),
    [trans.__('Size with all blocks'), sizeWords(model.cumulativeSize, trans)],
    [
      trans.__('Blocks'),
      model.blocksBelow
        ? trans.__('%1 at the top, more below', model.blocks.toLocaleString())
        : model.blocks.toLocaleString()
    ],
    [trans.__('Codec'), node.codec],
    [trans.__('Hash function'), model.hash],
    ...(model.mediaType
      ? [[trans.__('Media type'), model.mediaType] as [string, string]]
      : [])
  ];
  return (
    <dl className="jp-web3-info-list">
      {rows.map(([label, value]) => (
        <React.Fragment key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </React.Fragment>
      ))}
    </dl>
  );
}

function sizeWords(bytes: number, trans: TranslationBundle): string {
  return bytes < 1024
    ? trans._n('%1 byte', '%1 bytes', bytes)
    : trans.__('%1 (%2 bytes)', formatBytes(bytes), bytes.toLocaleString());
}

function Links({ model, context }: IProps): React.JSX.Element {
  const { trans } = context;
  const { base32 } = model.forms;
  const file = model.size !== null && model.subject.name;
  const query = file ? `?filename=${encodeURIComponent(file)}` : '';
  const shared = context.linkGateway();
  const gateways = [
    ...new Set([...(shared ? [shared] : []), ...context.gateways()])
    // A setting may hold anything; only these are links.
  ].filter(url => /^https?:\/\//i.test(url) && !isRouter(url));
  const address = `ipfs://${base32}`;
  return (
    <>
      <ul className="jp-web3-info-links">
        <li>
          <code>{address}</code>
          <CopyButton
            text={address}
            label={trans.__('Copy: %1', trans.__('IPFS address'))}
            trans={trans}
          />
        </li>
        {gateways.map(gateway => {
          const url = `${gateway.replace(/\/+$/, '')}/ipfs/${base32}${query}`;
          return (
            <li key={gateway}>
              <a href={url} target="_blank" rel="noopener noreferrer">
                {gateway.replace(/^https?:\/\//, '')}
              </a>
              <CopyButton
                text={url}
                label={trans.__('Copy: link of %1', gateway)}
                trans={trans}
              />
            </li>
          );
        })}
      </ul>
      <p className="jp-web3-info-quiet">
        {trans.__(
          'Links work for others while somebody whom they can reach has the content.'
        )}
      </p>
      <QrCode
        text={shared ? `${shared.replace(/\/+$/, '')}/ipfs/${base32}` : address}
        trans={trans}
      />
    </>
  );
}

function Actions({ model, context }: IProps): React.JSX.Element {
  const { trans, execute } = context;
  const cid = model.forms.base32;
  const folder = ['directory', 'shard'].includes(model.node?.kind ?? '');
  const what = model.subject.path ? { path: model.subject.path } : { cid };
  const buttons: [string, () => void][] = [
    [trans.__('Verify'), () => execute(CommandIDs.ipfsVerify, what)],
    [trans.__('Blocks'), () => execute(CommandIDs.ipfsDag, what)],
    ...(model.subject.path || folder
      ? []
      : ([
          [trans.__('Open'), () => execute(CommandIDs.ipfsOpenCid, { cid })]
        ] as [string, () => void][])),
    ...(model.subject.path
      ? []
      : ([
          [
            trans.__('Import to the drive'),
            () => execute(CommandIDs.ipfsImportCid, { cid })
          ]
        ] as [string, () => void][])),
    [trans.__('Export as CAR'), () => execute(CommandIDs.ipfsExportCar, what)],
    ...(folder
      ? ([
          [
            trans.__('Export as zip'),
            () => execute(CommandIDs.ipfsExportZip, what)
          ]
        ] as [string, () => void][])
      : [])
  ];
  return (
    <div className="jp-web3-info-actions">
      {buttons.map(([label, run]) => (
        <button
          key={label}
          type="button"
          className="jp-Button jp-mod-styled jp-mod-minimal"
          onClick={run}
        >
          {label}
        </button>
      ))}
    </div>
  );
}

function Section(props: {
  title: string;
  children: React.ReactNode;
}): React.JSX.Element {
  return (
    <section aria-label={props.title}>
      <h2>{props.title}</h2>
      {props.children}
    </section>
  );
}

function Info(props: IProps): React.JSX.Element {
  const { model, context } = props;
  const { trans } = context;
  const { node, problem, subject } = model;
  const title = subject.name ?? trans.__('Content without a name');
  return (
    <article
      className="jp-web3-info"
      aria-label={trans.__('Information about %1', title)}
    >
      <header>
        <h1>
          <bdi>{title}</bdi>
        </h1>
        {subject.path && (
          <p className="jp-web3-info-quiet">
            <bdi>{subject.path}</bdi>
          </p>
        )}
        <div role="status" className="jp-web3-info-quiet">
          {!node && !problem && trans.__('Looking for it…')}
        </div>
        {problem ? (
          <Problem
            title={trans.__('It could not be looked at')}
            meaning={storageError(problem, trans)}
          >
            <button
              type="button"
              className="jp-Button jp-mod-styled jp-mod-accept"
              onClick={() => void model.load()}
            >
              {trans.__('Try again')}
            </button>
          </Problem>
        ) : (
          node && <Actions {...props} />
        )}
      </header>
      <Section title={trans.__('Identifiers')}>
        <Identifiers {...props} />
      </Section>
      {node && (
        <Section title={trans.__('What it is')}>
          <Facts {...props} />
          {node.problem && (
            <Problem
              kind="warning"
              title={trans.__('The block could not be decoded')}
              details={{ label: trans.__('Details'), text: node.problem }}
            />
          )}
        </Section>
      )}
      {node && (
        <Section title={trans.__('Preview')}>
          <PreviewOf
            preview={model.preview}
            trans={trans}
            open={cid => context.execute(CommandIDs.ipfsInfo, { cid })}
          />
        </Section>
      )}
      <Section title={trans.__('Who has it')}>
        <Holders
          holders={model.holders}
          trans={trans}
          again={() => void model.askHolders()}
        />
      </Section>
      <Section title={trans.__('Links')}>
        <Links {...props} />
      </Section>
      {model.canPublishNames && (
        <Section title={trans.__('Names')}>
          <Names
            names={model.names}
            trans={trans}
            publish={() =>
              context.execute(
                CommandIDs.ipfsPublishName,
                subject.path
                  ? { path: subject.path }
                  : { cid: model.forms.base32 }
              )
            }
            again={() => void model.askNames()}
          />
        </Section>
      )}
    </article>
  );
}

/** Follows its model, and takes it along when it is closed. */
export class InfoView extends ReactWidget {
  constructor(
    private _model: InfoModel,
    private _context: IStorageContext
  ) {
    super();
    this.addClass('jp-web3-info-panel');
  }

  get model(): InfoModel {
    return this._model;
  }

  dispose(): void {
    if (!this.isDisposed) {
      super.dispose();
      this._model.dispose();
    }
  }

  protected render(): React.JSX.Element {
    return (
      <UseSignal signal={this._model.changed}>
        {() => <Info model={this._model} context={this._context} />}
      </UseSignal>
    );
  }
}
