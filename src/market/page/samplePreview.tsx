/** What a sample looks like. Nothing of it is run. */
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { manyLines } from '../../ocean/foreignText';
import { Markdown } from './markdown';
import type { INotebookCell } from './notebookPreview';
import { Foreign } from './pieces';
import type { SamplePreview } from './preview';

interface IProps {
  preview: SamplePreview;
  /** Only the beginning of it was fetched. */
  cut: boolean;
  rendermime: IRenderMimeRegistry;
  trans: TranslationBundle;
}

/** Characters of a cell that are shown. */
const CELL = 500;

type Table = SamplePreview & { kind: 'table' };

function TablePreview(props: {
  table: Table;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { table, trans } = props;
  const left = [
    ...(table.moreRows
      ? [trans._n('the first row', 'the first %1 rows', table.rows.length)]
      : []),
    ...(table.moreColumns
      ? [
          trans._n(
            'the first column',
            'the first %1 columns',
            table.columns.length
          )
        ]
      : [])
  ];
  return (
    <>
      <div
        className="jp-web3-page-scroll"
        tabIndex={0}
        role="region"
        aria-label={trans.__('Table of the sample')}
      >
        <table className="jp-web3-page-table">
          <thead>
            <tr>
              {table.columns.map((column, at) => (
                <th key={at} scope="col">
                  <Foreign text={column} most={CELL} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map((row, at) => (
              <tr key={at}>
                {row.map((cell, column) => (
                  <td key={column}>
                    <Foreign text={cell} most={CELL} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {left.length > 0 && (
        <p className="jp-web3-asset-quiet">
          {trans.__('Shown: %1.', left.join(', '))}
        </p>
      )}
    </>
  );
}

function Picture(props: {
  blob: Blob;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { blob, trans } = props;
  const [url, setUrl] = React.useState<string | null>(null);
  const [broken, setBroken] = React.useState(false);
  React.useEffect(() => {
    const made = URL.createObjectURL(blob);
    setUrl(made);
    setBroken(false);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return broken ? (
    <p>{trans.__('The picture can not be shown: it is broken.')}</p>
  ) : (
    <>
      {url && (
        <img
          className="jp-web3-page-picture"
          src={url}
          alt={trans.__('Picture of the sample')}
          onError={() => setBroken(true)}
        />
      )}
    </>
  );
}

function Cell(props: {
  cell: INotebookCell;
  rendermime: IRenderMimeRegistry;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { cell, rendermime, trans } = props;
  if (cell.kind === 'markdown') {
    return <Markdown source={cell.source} rendermime={rendermime} />;
  }
  return (
    <>
      <pre
        className="jp-web3-page-code"
        aria-label={
          cell.kind === 'code' && cell.count !== null
            ? trans.__('Code %1', cell.count)
            : undefined
        }
      >
        {manyLines(cell.source)}
      </pre>
      {cell.outputs.map((output, at) =>
        output.kind === 'image' ? (
          <img
            key={at}
            className="jp-web3-page-picture"
            src={output.uri}
            alt={trans.__('Output of the cell')}
          />
        ) : (
          <pre key={at} className="jp-web3-page-output">
            {manyLines(output.text)}
          </pre>
        )
      )}
    </>
  );
}

export function Preview(props: IProps): React.JSX.Element {
  const { preview, rendermime, trans } = props;
  switch (preview.kind) {
    case 'table':
      return <TablePreview table={preview} trans={trans} />;
    case 'image':
      return <Picture blob={preview.blob} trans={trans} />;
    case 'notebook':
      return (
        <div
          role="region"
          aria-label={trans.__('Notebook of the sample')}
          className="jp-web3-page-notebook"
        >
          {preview.cells.map((cell, at) => (
            <Cell key={at} cell={cell} rendermime={rendermime} trans={trans} />
          ))}
          {preview.more > 0 && (
            <p className="jp-web3-asset-quiet">
              {trans._n(
                '%1 more cell is not shown.',
                '%1 more cells are not shown.',
                preview.more
              )}
            </p>
          )}
        </div>
      );
    case 'markdown':
    case 'text':
      return (
        <>
          {preview.kind === 'markdown' ? (
            <Markdown source={preview.text} rendermime={rendermime} />
          ) : (
            <pre
              className="jp-web3-page-code jp-web3-page-scroll"
              tabIndex={0}
              role="region"
              aria-label={trans.__('Text of the sample')}
            >
              {manyLines(preview.text)}
            </pre>
          )}
          {preview.cut && (
            <p className="jp-web3-asset-quiet">
              {trans.__('Only the beginning is shown.')}
            </p>
          )}
        </>
      );
    default:
      return (
        <p>
          {props.cut
            ? trans.__('It is too large to be shown here.')
            : trans.__(
                'Files of this kind are not shown here; you can download it.'
              )}
        </p>
      );
  }
}
