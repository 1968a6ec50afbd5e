import * as React from 'react';
import '../../style/publish.css';

/**
 * What happened, what it means, and the buttons that help; announced at once.
 * Texts come translated; what a server said is shown as text, never as markup.
 */
export function Problem(props: {
  title: string;
  /** What it means for the person's data and money. */
  meaning?: string;
  /** The other side's own words, folded away. */
  details?: { label: string; text: string };
  kind?: 'error' | 'warning';
  children?: React.ReactNode;
}): React.JSX.Element {
  const { title, meaning, details, kind = 'error', children } = props;
  return (
    <div
      className={`jp-web3-problem jp-web3-mod-${kind}`}
      role={kind === 'error' ? 'alert' : 'status'}
    >
      <p className="jp-web3-problem-title">{title}</p>
      {meaning && <p>{meaning}</p>}
      {details?.text && (
        <details>
          <summary>{details.label}</summary>
          <pre>{details.text}</pre>
        </details>
      )}
      {children && <div className="jp-web3-problem-actions">{children}</div>}
    </div>
  );
}
