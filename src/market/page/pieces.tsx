/** What the sections of the asset page are made of. */
import { Time } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { oneLine } from '../../ocean/foreignText';
import type { INetwork } from '../../tokens';
import { CopyButton } from '../../ui/address';
import { useChanges } from '../../ui/useChanges';
import { problemWords } from '../words';
import type { Asked } from './asked';

/** A part of the page under a heading. */
export function Section(props: {
  title: string;
  trans: TranslationBundle;
  children: React.ReactNode;
}): React.JSX.Element {
  const id = React.useId();
  return (
    <section aria-labelledby={id} className="jp-web3-page-section">
      <h2 id={id}>{props.title}</h2>
      <Guarded trans={props.trans}>{props.children}</Guarded>
    </section>
  );
}

/** A record that nobody thought of must not take the page with it. */
export class Guarded extends React.Component<
  { trans: TranslationBundle; children: React.ReactNode },
  { broken: boolean }
> {
  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  state = { broken: false };

  componentDidCatch(reason: unknown): void {
    console.error('A part of an asset could not be shown', reason);
  }

  render(): React.ReactNode {
    return this.state.broken ? (
      <p className="jp-web3-asset-quiet">
        {this.props.trans.__(
          'What the record says here can not be shown: it is broken.'
        )}
      </p>
    ) : (
      this.props.children
    );
  }
}

/** Pixels before a part comes into sight at which it starts to load. */
const AHEAD = '100px';

/**
 * Something that is asked for when it comes into sight: it costs requests, and
 * nodes count them.
 */
export function WhenSeen<T>(props: {
  asked: Asked<T>;
  /** What is being looked for, for who waits. */
  waiting: string;
  trans: TranslationBundle;
  children: (value: T) => React.ReactNode;
}): React.JSX.Element {
  const { asked, waiting, trans, children } = props;
  useChanges(asked.changed);
  const place = React.useRef<HTMLDivElement>(null);
  const canSee = typeof IntersectionObserver !== 'undefined';
  React.useEffect(() => {
    if (!canSee || !place.current) {
      return;
    }
    const observer = new IntersectionObserver(
      entries => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) {
          observer.disconnect();
          asked.once();
        }
      },
      { rootMargin: AHEAD }
    );
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [asked, canSee]);
  const { state } = asked;
  return (
    <div ref={place}>
      {state.state === 'idle' && !canSee && (
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => asked.once()}
        >
          {trans.__('Show')}
        </button>
      )}
      <div role="status" className="jp-web3-asset-quiet">
        {(state.state === 'asking' || (state.state === 'idle' && canSee)) &&
          waiting}
      </div>
      {state.state === 'failed' && (
        <Problem asked={asked} problem={state.problem} trans={trans} />
      )}
      {state.state === 'told' && (
        <Guarded trans={trans}>{children(state.value)}</Guarded>
      )}
    </div>
  );
}

/** What went wrong with a question, and the way to ask again. */
export function Problem(props: {
  asked: Asked<unknown> | { again(): unknown };
  problem: unknown;
  trans: TranslationBundle;
  /** Other words than the market's. */
  words?: string;
}): React.JSX.Element {
  const { asked, problem, trans, words } = props;
  return (
    <div role="alert" className="jp-web3-asset-problem">
      {words ?? problemWords(problem, trans)}
      <button
        type="button"
        className="jp-mod-styled"
        onClick={() => void asked.again()}
      >
        {trans.__('Try again')}
      </button>
    </div>
  );
}

/** How long ago, with the exact time on hover. */
export function When(props: { at: Date | null }): React.JSX.Element | null {
  const { at } = props;
  return at && !Number.isNaN(at.getTime()) ? (
    <time dateTime={at.toISOString()} title={at.toLocaleString()}>
      {Time.formatHuman(at)}
    </time>
  ) : null;
}

/** A transaction: a link to the explorer where the network has one. */
export function Transaction(props: {
  tx: string;
  network: INetwork | null;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { tx, network, trans } = props;
  const short = `${tx.slice(0, 8)}…${tx.slice(-4)}`;
  const explorer = network?.explorer;
  return (
    <span className="jp-web3-page-tx">
      {explorer && /^https?:\/\//i.test(explorer) ? (
        <a
          href={`${explorer}/tx/${tx}`}
          target="_blank"
          rel="noopener noreferrer"
          title={tx}
        >
          {short}
        </a>
      ) : (
        <code title={tx}>{short}</code>
      )}
      <CopyButton
        text={tx}
        label={trans.__('Copy transaction hash')}
        trans={trans}
      />
    </span>
  );
}

/** A stranger's text in one line, in its own direction, no longer than one looks at. */
export function Foreign(props: {
  text: string;
  /** Characters; 200 by default. */
  most?: number;
}): React.JSX.Element {
  const { text, most = 200 } = props;
  return <bdi>{oneLine(text, most)}</bdi>;
}

/** At most so many characters, and none of it split in two. */
export function cut(text: string, most: number): string {
  return text.length > most
    ? `${text.slice(0, most).replace(/[\ud800-\udbff]$/, '')}…`
    : text;
}

/** A list of names and values. */
export function Facts(props: {
  rows: readonly (readonly [string, React.ReactNode])[];
}): React.JSX.Element {
  return (
    <dl className="jp-web3-page-facts">
      {props.rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
