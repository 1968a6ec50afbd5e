/** Who has the files now, asked when somebody wants to know. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { CidChip } from '../../ui/cid';
import { useChanges } from '../../ui/useChanges';
import type { IHolder } from '../../tokens';
import type { IAsset } from '../ports';
import { problemWords } from '../words';
import type { Asked } from './asked';
import { Foreign, Problem, Section, When } from './pieces';
import { openFiles, type INodeReport, type IStorageReport } from './storage';

interface IProps {
  asset: IAsset;
  /** Host of the asset's node. */
  host: string;
  asked: Asked<IStorageReport> | null;
  trans: TranslationBundle;
}

function hasWords(holder: IHolder, trans: TranslationBundle): string {
  return holder.has === null
    ? trans.__('could not be asked')
    : holder.has
      ? trans.__('has it')
      : trans.__('does not have it');
}

function nodeWords(
  node: INodeReport,
  { asset, host, trans }: IProps
): string | null {
  if (!asset.service) {
    return null;
  }
  if (node.problem !== null) {
    return trans.__(
      'Ocean Node %1: %2',
      host,
      problemWords(node.problem, trans)
    );
  }
  const { found, of } = node;
  return found !== null && found >= of
    ? trans._n(
        'Ocean Node %2 finds the file: buyers can download it.',
        'Ocean Node %2 finds all %1 files: buyers can download them.',
        of,
        host
      )
    : trans.__(
        'Ocean Node %1 finds %2 of %3 files. What is missing could not be downloaded from it now.',
        host,
        found ?? 0,
        of
      );
}

function Report(props: IProps & { report: IStorageReport }): React.JSX.Element {
  const { report, trans } = props;
  return (
    <ul
      className="jp-web3-page-plain"
      aria-label={trans.__('Who has the files')}
    >
      {report.node && asText(nodeWords(report.node, props))}
      {report.files.map(file => (
        <li key={file.cid + file.path}>
          <Foreign text={file.path} most={100} />
          <ul>
            {file.holders.length === 0 && (
              <li>{trans.__('There is nobody who could be asked.')}</li>
            )}
            {file.holders.map(holder => (
              <li key={holder.id}>
                {holder.label}: {hasWords(holder, trans)}
                {holder.detail ? ` (${holder.detail})` : ''}
              </li>
            ))}
          </ul>
        </li>
      ))}
      {report.more > 0 && (
        <li>
          {trans._n(
            '%1 more file was not looked for.',
            '%1 more files were not looked for.',
            report.more
          )}
        </li>
      )}
    </ul>
  );
}

const asText = (text: string | null): React.JSX.Element | null =>
  text === null ? null : <li>{text}</li>;

function Check(
  props: IProps & { asked: Asked<IStorageReport> }
): React.JSX.Element {
  const { asked, trans } = props;
  useChanges(asked.changed);
  const { state } = asked;
  const asking = state.state === 'asking';
  return (
    <>
      <button
        type="button"
        className="jp-mod-styled"
        onClick={() => (asking ? asked.stop() : void asked.again())}
      >
        {asking ? trans.__('Stop') : trans.__('Check now')}
      </button>
      <p role="status" className="jp-web3-asset-quiet">
        {asking &&
          trans.__(
            'Asking everybody who might have it; this may take a while…'
          )}
        {state.state === 'idle' && trans.__('Not checked yet.')}
        {state.state === 'told' && (
          <>
            {trans.__('Last checked:')} <When at={state.at} />
          </>
        )}
      </p>
      {state.state === 'failed' && (
        <Problem asked={asked} problem={state.problem} trans={trans} />
      )}
      {state.state === 'told' && <Report {...props} report={state.value} />}
    </>
  );
}

/** Files whose CIDs are listed at first. */
const LISTED = 10;

export function Storage(props: IProps): React.JSX.Element {
  const { asset, asked, trans } = props;
  const open = openFiles(asset);
  const sealed = Boolean(asset.web3?.sealed);
  return (
    <Section title={trans.__('Where it is stored')} trans={trans}>
      {sealed && (
        <p>
          {trans.__(
            'The content is sealed: its CIDs are hidden until it is bought. Its Ocean Node can be asked whether it finds it.'
          )}
        </p>
      )}
      {!sealed && open.length === 0 && (
        <p>
          {trans.__(
            'The publisher names no CIDs: only its Ocean Node knows where the content is.'
          )}
        </p>
      )}
      {open.length > 0 && (
        <ul className="jp-web3-page-plain">
          {open.slice(0, LISTED).map(({ path, cid }, at) => (
            <li key={at}>
              <Foreign text={path} most={100} />{' '}
              <CidChip cid={cid} trans={trans} />
            </li>
          ))}
          {open.length > LISTED && (
            <li>{trans.__('and %1 more', open.length - LISTED)}</li>
          )}
        </ul>
      )}
      {asked && (asset.service || open.length > 0) && (
        <Check {...props} asked={asked} />
      )}
    </Section>
  );
}
