/** What the checks before publishing find; words are made by `guardWords.ts`. */

/** Something in a text that should perhaps not leave. */
export interface IHit {
  severity: 'secret' | 'personal';
  kind: FindingKind;
  /** In UTF-16 units of the text, the end excluded. */
  start: number;
  end: number;
}

export type FindingKind =
  // Personal data.
  | 'email'
  | 'phone'
  | 'iban'
  | 'card'
  | 'ip'
  | 'ssn'
  // Credentials.
  | 'private-key'
  | 'wallet-key'
  | 'seed-phrase'
  | 'password'
  | 'password-url'
  | 'database'
  | 'token'
  | 'aws'
  | 'gcp'
  | 'github'
  | 'npm'
  | 'slack'
  | 'sendgrid'
  | 'shopify'
  | 'openai'
  | 'anthropic'
  | 'linear'
  | '1password'
  | 'credential';

/** Where a finding is. */
export interface IPlace {
  /** Name of the content, as `IContent.name`. */
  file: string;
  /** Counted from 1; in the source or output of a cell where there is a cell. */
  line: number;
  /** Index of a notebook's cell, counted from 0. */
  cell?: number;
  part?: 'source' | 'output' | 'metadata' | 'attachment';
}

export interface IFinding {
  severity: IHit['severity'];
  kind: FindingKind;
  place: IPlace;
  /** First characters and dots; never the whole. */
  masked: string;
}

export interface INotebookLook {
  file: string;
  codeCells: number;
  outputs: number;
  /** Code cells that were never run, or not since the kernel started. */
  notRun: number;
}

/** What a look through all contents came to. */
export interface IScan {
  /** The first of each kind and file. */
  findings: IFinding[];
  /** Of all that was found, listed or not. */
  secrets: number;
  personal: number;
  /** Files that were looked through, wholly or in part. */
  files: number;
  /** Of these only the first `SCAN_CAP` bytes. */
  cut: string[];
  /** Not text: nothing was looked for in them. */
  binary: string[];
  /** Not looked at, for the bound of the whole. */
  left: string[];
  /** Could not be read. */
  unread: { file: string; message: string }[];
  /** First bytes of each file that was read, by its name. */
  heads: Map<string, Uint8Array>;
  notebooks: INotebookLook[];
}

export type NoteCode =
  | 'empty-file'
  | 'very-large'
  | 'lfs-pointer'
  | 'annex-pointer'
  | 'html-inside'
  | 'type-mismatch'
  | 'executable'
  | 'runs-when-loaded'
  | 'no-outputs'
  | 'not-run'
  | 'cut'
  | 'binary'
  | 'left'
  | 'no-licence'
  | 'unknown-licence'
  | 'non-commercial-priced'
  | 'on-drive'
  | 'kept-elsewhere'
  | 'published-before'
  | 'in-catalogue'
  | 'findable'
  | 'public-unknown';

/** Something that should be known before publishing; hinders nothing by itself. */
export interface INote {
  code: NoteCode;
  /** Names of contents that it is about. */
  files: string[];
  /** What else the words need (a name, a host); foreign text. */
  detail?: string;
  did?: string;
}
