/**
 * The blocks of a content: one at a time, with its links and what it holds.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';

import { shortCid } from '../ipfs/cid';
import type { IDagNode } from '../ipfs/dag';
import { CidChip } from '../ui/cid';
import { Problem } from '../ui/errors';
import type { DagModel } from './dagModel';
import { storageError } from './storageWords';
import { formatBytes } from './words';
import '../../style/ipfs-info.css';

interface IProps {
  model: DagModel;
  trans: TranslationBundle;
}

function kindWords(node: IDagNode, trans: TranslationBundle): string {
  switch (node.kind) {
    case 'file':
      return trans.__('File of several blocks');
    case 'directory':
      return trans.__('Folder');
    case 'shard':
      return trans.__('Part of a large folder');
    case 'symlink':
      return trans.__('Link to another path');
    case 'raw':
      return trans.__('Bytes');
    case 'node':
      return trans.__('Data object');
    case 'unknown':
      return trans.__('Block that can not be decoded here');
  }
}

/** The way here; each step leads back. */
function Trail({ model, trans }: IProps): React.JSX.Element {
  const last = model.trail.length - 1;
  const here = React.useRef<HTMLSpanElement>(null);
  const first = React.useRef(true);
  React.useEffect(() => {
    // The button that was pressed is gone: the keyboard goes on from here.
    if (!first.current) {
      here.current?.focus();
    }
    first.current = false;
  }, [model.trail]);
  return (
    <nav aria-label={trans.__('Way to this block')}>
      <ol className="jp-web3-dag-trail">
        {model.trail.map((step, i) => (
          <li key={i}>
            {i < last ? (
              <button
                type="button"
                className="jp-web3-linkButton"
                title={step.cid}
                onClick={() => void model.back(i)}
              >
                <bdi>{step.label}</bdi>
              </button>
            ) : (
              <span
                ref={here}
                tabIndex={-1}
                aria-current="location"
                title={step.cid}
              >
                <bdi>{step.label}</bdi>
              </span>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}

function LinkTable({
  model,
  node,
  trans
}: IProps & { node: IDagNode }): React.JSX.Element {
  const { links } = model;
  const total = node.links.length;
  return (
    <section aria-label={trans.__('Links')}>
      <h2>{trans._n('%1 link', '%1 links', total)}</h2>
      <table className="jp-web3-dag-links">
        <thead>
          <tr>
            <th scope="col">{trans.__('Name')}</th>
            <th scope="col">{trans.__('CID')}</th>
            <th scope="col">{trans.__('Size')}</th>
          </tr>
        </thead>
        <tbody>
          {links.map((link, i) => (
            <tr key={i}>
              <td>
                <button
                  type="button"
                  className="jp-web3-linkButton"
                  onClick={() => void model.follow(link)}
                >
                  <bdi>{link.label}</bdi>
                </button>
              </td>
              <td>
                <code title={link.cid}>{shortCid(link.cid)}</code>
              </td>
              <td>{link.size === null ? '–' : formatBytes(link.size)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {links.length < total && (
        <p>
          <span role="status">
            {trans.__(
              'Showing %1 of %2.',
              links.length.toLocaleString(),
              total.toLocaleString()
            )}
          </span>{' '}
          <button
            type="button"
            className="jp-Button jp-mod-styled jp-mod-minimal"
            onClick={() => model.showMore()}
          >
            {trans.__('Show more')}
          </button>
        </p>
      )}
    </section>
  );
}

function Block({
  node,
  trans
}: {
  node: IDagNode;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { content } = node;
  const rows: [string, React.ReactNode][] = [
    [trans.__('CID'), <CidChip key="cid" cid={node.cid} trans={trans} />],
    [trans.__('Kind'), kindWords(node, trans)],
    [trans.__('Codec'), node.codec],
    [trans.__('Block'), formatBytes(node.blockSize)],
    ...(node.fileSize === null || node.kind === 'raw'
      ? []
      : [[trans.__('File'), formatBytes(node.fileSize)] as [string, string]])
  ];
  return (
    <>
      <dl className="jp-web3-info-list">
        {rows.map(([label, value]) => (
          <React.Fragment key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </React.Fragment>
        ))}
      </dl>
      {node.problem && (
        <Problem
          kind="warning"
          title={trans.__('It is not what its codec says')}
          meaning={trans.__('Its bytes are shown as they are.')}
          details={{ label: trans.__('Details'), text: node.problem }}
        />
      )}
      {content && (
        <section aria-label={trans.__('Content of the block')}>
          <h2>{trans.__('Content of the block')}</h2>
          {/* Scrolled, so it has to be reached by keyboard. */}
          <pre className="jp-web3-info-text" tabIndex={0}>
            {content.text}
          </pre>
          {content.cut && (
            <p className="jp-web3-info-quiet">
              {trans.__('This is its beginning.')}
            </p>
          )}
        </section>
      )}
    </>
  );
}

function Dag(props: IProps): React.JSX.Element {
  const { model, trans } = props;
  const { node, problem } = model;
  return (
    <article
      className="jp-web3-info jp-web3-dag"
      aria-label={trans.__('Blocks')}
    >
      <Trail {...props} />
      <div role="status" className="jp-web3-info-quiet">
        {!node && !problem && trans.__('Looking for the block…')}
      </div>
      {problem ? (
        <Problem
          title={trans.__('The block could not be had')}
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
      ) : null}
      {node && <Block node={node} trans={trans} />}
      {node && node.links.length > 0 && <LinkTable {...props} node={node} />}
    </article>
  );
}

/** Follows its model, and takes it along when it is closed. */
export class DagView extends ReactWidget {
  constructor(
    private _model: DagModel,
    private _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-web3-info-panel');
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
        {() => <Dag model={this._model} trans={this._trans} />}
      </UseSignal>
    );
  }
}
