/** Markdown of strangers. */
import { MimeModel, type IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { manyLines } from '../../ocean/foreignText';
import { foreignSanitizer } from '../foreignMarkup';

/** Characters that are shown at first, and at most. */
const FIRST = 4_000;
const MOST = 100_000;

/** Sanitised, tamed, without command buttons. */
export function Markdown(props: {
  source: string;
  rendermime: IRenderMimeRegistry;
}): React.JSX.Element {
  const { source, rendermime } = props;
  const host = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    const registry = rendermime.clone({
      sanitizer: foreignSanitizer(rendermime.sanitizer)
    });
    const renderer = registry.createRenderer('text/markdown');
    const node = host.current;
    const model = new MimeModel({
      data: { 'text/markdown': source },
      trusted: false
    });
    let current = true;
    renderer.renderModel(model).then(
      () => {
        if (current) {
          node?.replaceChildren(renderer.node);
        }
      },
      (reason: unknown) => {
        console.warn('A text could not be rendered', reason);
        if (current) {
          node?.replaceChildren(manyLines(source));
        }
      }
    );
    return () => {
      current = false;
      renderer.dispose();
    };
  }, [source, rendermime]);
  return <div ref={host} className="jp-web3-asset-description" />;
}

/** The beginning of a text, up to a paragraph's end where there is one. */
export function beginning(text: string, most: number): string {
  if (text.length <= most) {
    return text;
  }
  const head = text.slice(0, most);
  const end = head.lastIndexOf('\n\n');
  return end > most / 2 ? head.slice(0, end) : head;
}

/** Markdown that may be a book: its beginning, and all of it when asked for. */
export function LongMarkdown(props: {
  source: string;
  rendermime: IRenderMimeRegistry;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { source, rendermime, trans } = props;
  const [all, setAll] = React.useState(false);
  const shown = beginning(source, all ? MOST : FIRST);
  const isLong = source.length > FIRST;
  return (
    <>
      <Markdown source={shown} rendermime={rendermime} />
      {isLong && (
        <p className="jp-web3-asset-quiet">
          {shown.length < source.length && all
            ? trans.__(
                'The rest (%1 characters) is left out.',
                (source.length - shown.length).toLocaleString()
              )
            : null}{' '}
          <button
            type="button"
            className="jp-mod-styled jp-mod-minimal"
            aria-expanded={all}
            onClick={() => setAll(!all)}
          >
            {all ? trans.__('Show less') : trans.__('Show all')}
          </button>
        </p>
      )}
    </>
  );
}
