/** What can go wrong between a notebook and a content. */
export type NotebookErrorCode =
  /** No notebook is open, or not the one that was named. */
  | 'no-notebook'
  /** The cell or the output that was named is not there. */
  | 'no-output'
  /** The cell has outputs, but none that can be saved in the form asked for. */
  | 'no-form'
  /** The notebook changed to read-only or was closed meanwhile. */
  | 'read-only'
  /** IPFS is switched off in this Lab. */
  | 'no-ipfs';

export class NotebookError extends Error {
  constructor(
    readonly code: NotebookErrorCode,
    message: string
  ) {
    super(message);
    this.name = 'NotebookError';
  }
}
