/** The sample: whose it is, before it is asked for; then what it looks like. */
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { useChanges } from '../../ui/useChanges';
import { bytesText } from '../measures';
import { problemWords } from '../words';
import { cut, Foreign, Guarded, Problem, Section } from './pieces';
import { SampleError, type ISample, type SampleSource } from './sample';
import type { SampleModel } from './sampleModel';
import { Preview } from './samplePreview';

interface IProps {
  model: SampleModel;
  rendermime: IRenderMimeRegistry;
  /** Where the IPFS engine looks. */
  engine: string;
  trans: TranslationBundle;
}

export function sampleWords(
  problem: unknown,
  source: SampleSource,
  trans: TranslationBundle
): string {
  if (!(problem instanceof SampleError)) {
    const code = (problem as { code?: unknown } | null)?.code;
    return code === 'not-found'
      ? trans.__(
          'Nobody who could be asked has the sample now: neither your IPFS node nor the gateways of your settings. Ask the seller, or try again later.'
        )
      : problemWords(problem, trans);
  }
  const host = source.kind === 'web' ? source.host : '';
  switch (problem.code) {
    case 'not-readable':
      return trans.__(
        '%1 could not be read from here. Either it does not answer, or it does not allow pages of other sites to read from it (CORS). You can open the link in a tab of its own.',
        host
      );
    case 'mixed':
      return trans.__(
        'The link is not encrypted (http), and your browser does not read such links from an encrypted page. You can open it in a tab of its own.'
      );
    case 'refused':
      return problem.status === 404
        ? trans.__('%1 says that there is no such file (404).', host)
        : trans.__(
            '%1 refused to hand it out (status %2).',
            host,
            problem.status ?? '?'
          );
    case 'no-file':
      return trans.__('The link leads to a folder, not to one file.');
    default:
      return trans.__('The publisher’s link can not be read.');
  }
}

/** A button that saves what is in the page. */
function Save(props: {
  sample: ISample;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { sample, trans } = props;
  const save = (): void => {
    const url = URL.createObjectURL(
      new Blob([sample.bytes], { type: 'application/octet-stream' })
    );
    const link = document.createElement('a');
    link.href = url;
    link.download = cut(sample.name ?? 'sample', 100);
    link.click();
    // The browser has taken hold of it by the next task.
    setTimeout(() => URL.revokeObjectURL(url), 0);
  };
  return (
    <button type="button" className="jp-mod-styled" onClick={save}>
      {trans.__('Download sample')}
    </button>
  );
}

/** Opens somebody's link in a tab of its own, which learns nothing of Lab. */
function Outside(props: {
  source: SampleSource;
  trans: TranslationBundle;
}): React.JSX.Element | null {
  const { source, trans } = props;
  return source.kind === 'web' ? (
    <a href={source.link} target="_blank" rel="noopener noreferrer nofollow">
      {trans.__('Open the link in a new tab')}
    </a>
  ) : null;
}

function Offer({ model, engine, trans }: IProps): React.JSX.Element {
  const { source } = model;
  return (
    <>
      <p>
        {source.kind === 'web'
          ? trans.__(
              'The publisher offers a sample at %1. Nothing was asked of it yet: showing it tells that host your IP address.',
              source.host
            )
          : trans.__(
              'The publisher offers a sample on IPFS. Your IPFS node (%1) is asked for it, then the gateways of your settings; it is checked against its CID.',
              engine
            )}{' '}
        {source.kind === 'web' && source.name && (
          <>
            {trans.__('File:')} <Foreign text={source.name} most={100} />
          </>
        )}
      </p>
      <button
        type="button"
        className="jp-mod-styled"
        onClick={() => void model.show()}
      >
        {trans.__('Show sample')}
      </button>
    </>
  );
}

function Shown(
  props: IProps & { sample: ISample; preview: React.ReactNode }
): React.JSX.Element {
  const { sample, model, trans, preview } = props;
  const facts = [
    cut(sample.mediaType, 60),
    sample.size === null
      ? trans.__('more than %1', bytesText(sample.bytes.length))
      : bytesText(sample.size)
  ];
  return (
    <>
      <p className="jp-web3-asset-quiet">
        {sample.name && (
          <>
            <Foreign text={sample.name} most={100} />{' '}
          </>
        )}
        ({facts.join(', ')}){' '}
        {sample.verified
          ? trans.__('From IPFS, checked: it is what the CID names.')
          : trans.__('From %1, not checked.', sample.host ?? '')}
      </p>
      {preview}
      <div className="jp-web3-page-buttons">
        {!sample.cut && <Save sample={sample} trans={trans} />}
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => model.hide()}
        >
          {trans.__('Hide sample')}
        </button>
        <Outside source={model.source} trans={trans} />
      </div>
    </>
  );
}

export function Sample(props: IProps): React.JSX.Element {
  const { model, rendermime, trans } = props;
  useChanges(model.changed);
  const { state, source } = model;
  return (
    <Section title={trans.__('Sample')} trans={trans}>
      {source.kind === 'unknown' ? (
        <p>
          {trans.__('The publisher’s link to a sample can not be read:')}{' '}
          <code>
            <Foreign text={source.link} />
          </code>
        </p>
      ) : (
        state.state === 'hidden' && <Offer {...props} />
      )}
      <div role="status" className="jp-web3-asset-quiet">
        {state.state === 'fetching' &&
          (state.bytes
            ? trans.__('Fetching the sample: %1', bytesText(state.bytes))
            : trans.__('Fetching the sample…'))}
      </div>
      {state.state === 'fetching' && (
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => model.hide()}
        >
          {trans.__('Stop')}
        </button>
      )}
      {state.state === 'failed' && (
        <>
          <Problem
            asked={{ again: () => model.show() }}
            problem={state.problem}
            words={sampleWords(state.problem, source, trans)}
            trans={trans}
          />
          <Outside source={source} trans={trans} />
        </>
      )}
      {state.state === 'shown' && (
        <Shown
          {...props}
          sample={state.sample}
          preview={
            <Guarded trans={trans}>
              <Preview
                preview={state.preview}
                cut={state.sample.cut}
                rendermime={rendermime}
                trans={trans}
              />
            </Guarded>
          }
        />
      )}
    </Section>
  );
}
