/** Contents made of notebooks and outputs. */
import { Token } from '@lumino/coreutils';

import type { IContent } from '../content';

/** One form in which a cell's output can leave the notebook. */
export interface IOutputForm {
  mediaType: string;
  /** E.g. `Image (PNG)`. */
  label: string;
  content: IContent;
}

export interface IOutputTarget {
  /** Contents path; the current notebook when omitted. */
  notebook?: string;
  /** Index of the cell; the active cell when omitted. */
  cell?: number;
  /** Index of the output; all of the cell's when omitted. */
  output?: number;
  mediaType?: string;
}

/** Makes contents of notebooks and their outputs. */
export interface INotebookContents {
  /**
   * The forms that an output (or the cell's outputs) can take, best first. Waits
   * for a notebook that is being opened.
   */
  forms(target: IOutputTarget): Promise<IOutputForm[]>;
  /** The output that a node of the page belongs to (the one right-clicked). */
  targetOf(node: Element): IOutputTarget | null;
  /** The notebook itself as it is in memory, saved or not. */
  notebook(path?: string): Promise<IContent>;
  /** Bring a cell (counted from 0) of an open notebook into view, active. */
  reveal(path: string, cell: number): Promise<void>;
  /** Title for a draft: first heading, else the file name. */
  title(path?: string): string;
  /** Insert a code cell below the active one; returns the code. */
  insertCode(code: string, notebook?: string): Promise<string>;
}

export const INotebookContents = new Token<INotebookContents>(
  'jupyterlab-web3:INotebookContents',
  'Contents made of notebooks and outputs.'
);
