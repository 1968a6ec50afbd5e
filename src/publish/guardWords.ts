/** Findings and notes of the checks before publishing, in words. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { FindingKind, INote, IPlace } from './guardTypes';

export function findingWords(
  trans: TranslationBundle,
  kind: FindingKind
): string {
  const words: Record<FindingKind, string> = {
    email: trans.__('E-mail address'),
    phone: trans.__('Telephone number'),
    iban: trans.__('Bank account (IBAN)'),
    card: trans.__('Payment card'),
    ip: trans.__('Internet address of a computer'),
    ssn: trans.__('US social security number'),
    'private-key': trans.__('Private key'),
    'wallet-key': trans.__('Private key of a wallet'),
    'seed-phrase': trans.__('Recovery phrase of a wallet'),
    password: trans.__('Password or key in the code'),
    'password-url': trans.__('Link with a password in it'),
    database: trans.__('Access to a database'),
    token: trans.__('Access token'),
    aws: trans.__('Key of Amazon Web Services'),
    gcp: trans.__('Key of Google Cloud'),
    github: trans.__('GitHub token'),
    npm: trans.__('npm token'),
    slack: trans.__('Slack token'),
    sendgrid: trans.__('SendGrid key'),
    shopify: trans.__('Shopify token'),
    openai: trans.__('OpenAI key'),
    anthropic: trans.__('Anthropic key'),
    linear: trans.__('Linear key'),
    '1password': trans.__('1Password token'),
    credential: trans.__('Credential')
  };
  return words[kind];
}

/** `Cell 3, line 2`, `data/a.csv, line 7`. */
export function placeWords(trans: TranslationBundle, place: IPlace): string {
  const { file, cell, part, line } = place;
  if (cell === undefined) {
    return part === 'metadata'
      ? trans.__('%1, metadata of the notebook', file)
      : trans.__('%1, line %2', file, line);
  }
  switch (part) {
    case 'output':
      return trans.__('cell %1, output, line %2', cell + 1, line);
    case 'metadata':
      return trans.__('cell %1, its metadata', cell + 1);
    case 'attachment':
      return trans.__('cell %1, an attachment', cell + 1);
    default:
      return trans.__('cell %1, line %2', cell + 1, line);
  }
}

/** A note: one sentence. Names of files come after it, as data. */
export function noteWords(trans: TranslationBundle, note: INote): string {
  const { code, files, detail = '' } = note;
  const n = files.length;
  switch (code) {
    case 'empty-file':
      return trans._n('A file is empty.', '%1 files are empty.', n);
    case 'very-large':
      return trans.__('Very large: fetching it takes buyers long.');
    case 'lfs-pointer':
      return trans.__(
        'Only a pointer of Git LFS, not the data. Run “git lfs pull” first.'
      );
    case 'annex-pointer':
      return trans.__(
        'Only a pointer of git-annex, not the data. Run “git annex get” first.'
      );
    case 'html-inside':
      return trans.__(
        'A web page is in it, not what its name says. A download may have failed.'
      );
    case 'type-mismatch':
      return trans.__('What is in it is not what its name says.');
    case 'executable':
      return trans.__('A program for one kind of computer.');
    case 'runs-when-loaded':
      return trans.__(
        'Loading it can run code, so that careful people won’t. CSV, Parquet or safetensors can be loaded by anybody.'
      );
    case 'no-outputs':
      return trans.__(
        'The notebook has no outputs: it was not run, or cleared.'
      );
    case 'not-run':
      return trans.__('Some cells of the notebook were not run.');
    case 'cut':
      return trans.__('Only the first 20 MiB were looked through.');
    case 'binary':
      return trans._n(
        'A file is no text, and was not looked through.',
        '%1 files are no text, and were not looked through.',
        n
      );
    case 'left':
      return trans._n(
        'A file was not looked through: 200 MiB of others were.',
        '%1 files were not looked through: 200 MiB of others were.',
        n
      );
    case 'no-licence':
      return trans.__(
        'Without a licence nobody may use it. CC0-1.0 gives it away, CC-BY-4.0 asks to be named.'
      );
    case 'unknown-licence':
      return detail
        ? trans.__('SPDX writes this licence “%1”.', detail)
        : trans.__(
            'SPDX does not know this licence. Choose one of the list, or write your terms in words.'
          );
    case 'non-commercial-priced':
      return trans.__(
        'The licence forbids commercial use, and you ask a price: buyers may not be sure what they may do.'
      );
    case 'on-drive':
      return trans.__(
        'On your IPFS drive in the clear: whoever has its CID can read it while your node is online.'
      );
    case 'kept-elsewhere':
      return trans.__('A pinning service has it in the clear.');
    case 'published-before':
      return trans.__('You published it before from this browser.');
    case 'in-catalogue':
      return trans.__('An asset offers the same content already:');
    case 'findable':
      return n
        ? trans.__('It is public: “%1” has it.', detail)
        : trans.__('None of those who were asked has it.');
    case 'public-unknown':
      return trans.__(
        'Whether it is public already could not be looked up: %1',
        detail
      );
  }
}
