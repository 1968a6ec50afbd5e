/**
 * A dry run: all that publishing would cost, ask and be warned of. Nothing is
 * stored, signed or sent, and no wallet is asked.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IContent } from '../content';
import type { IDraftProblem } from '../ocean/ddo';
import type { IAssetDraft, IWallet } from '../tokens';
import { formatUnits } from '../ui/amount';
import type { IDialogDeps } from './dialogModel';
import { PublishError } from './errors';
import { contentNotes, licenceNotes } from './guardNotes';
import type { IFinding, IPlace, NoteCode } from './guardTypes';
import { findingWords, noteWords, placeWords } from './guardWords';
import { promptWords, PROMPTS } from './promptWords';

export interface IEstimate {
  /** Gas units and wei as decimal texts; wei are exact products. */
  transactions: { kind: 'mint' | 'metadata'; gas: string; wei: string }[];
  total: { wei: string; amount: string; currency: string };
  prompts: { kind: 'signature' | 'transaction'; words: string }[];
  /** Bytes; null where only reading tells. */
  size: number | null;
  /** What is missing in the draft, or wrong. */
  problems: { field: string; code: IDraftProblem['code'] }[];
  notes: { code: NoteCode; words: string; files: string[]; did?: string }[];
  findings: (Pick<IFinding, 'severity' | 'kind' | 'masked'> & {
    words: string;
    where: string;
    place: IPlace;
  })[];
  /** All that were found; `findings` lists the first of each kind and file. */
  secrets: number;
  personal: number;
  /** Not looked through because they could not be read. */
  unread: string[];
}

/**
 * @throws PublishError not-connected | no-node; what the chain answers badly
 */
export async function estimatePublication(
  contents: readonly IContent[],
  draft: IAssetDraft,
  deps: Pick<IDialogDeps, 'checkDraft' | 'estimate' | 'guard'> & {
    wallet: Pick<IWallet, 'state' | 'network'>;
  },
  trans: TranslationBundle
): Promise<IEstimate> {
  const { account } = deps.wallet.state;
  const network = deps.wallet.network(draft.chainId ?? 0);
  if (!account) {
    throw new PublishError('not-connected', 'Log in to a wallet first');
  }
  if (!network?.oceanNode) {
    throw new PublishError('no-node', `No Ocean Node for ${draft.chainId}`);
  }
  const problems = deps.checkDraft(draft);
  // A price that can't be read costs the same gas as none, nearly.
  const priced = problems.some(({ field }) => field.startsWith('price'))
    ? { ...draft, price: { kind: 'free' as const } }
    : draft;
  const stop = new AbortController();
  const [scan, look, cost] = await Promise.all([
    deps.guard.scan(contents, {}),
    deps.guard.lookWhetherPublic(contents, network, stop.signal),
    deps.estimate(priced, account, network, contents)
  ]).finally(() => stop.abort());
  const notes = [
    ...contentNotes(contents, scan),
    ...look.notes,
    ...licenceNotes(draft)
  ];
  const wei = (gas: bigint): string => String(gas * cost.gasPrice);
  const { symbol, decimals } = network.currency;
  return {
    transactions: [
      { kind: 'mint', gas: String(cost.mintGas), wei: wei(cost.mintGas) },
      {
        kind: 'metadata',
        gas: String(cost.metadataGas),
        wei: wei(cost.metadataGas)
      }
    ],
    total: {
      wei: String(cost.total),
      amount: formatUnits(cost.total, decimals),
      currency: symbol
    },
    prompts: PROMPTS.map(prompt => ({
      kind: prompt.kind,
      words: promptWords(trans, prompt.step)
    })),
    size: contents.reduce<number | null>(
      (sum, { size }) => (sum === null || size === null ? null : sum + size),
      0
    ),
    problems,
    notes: notes.map(note => ({
      code: note.code,
      words: noteWords(trans, note),
      files: note.files,
      ...(note.did ? { did: note.did } : {})
    })),
    findings: scan.findings.map(({ severity, kind, masked, place }) => ({
      severity,
      kind,
      masked,
      place,
      words: findingWords(trans, kind),
      where: placeWords(trans, place)
    })),
    secrets: scan.secrets,
    personal: scan.personal,
    unread: scan.unread.map(({ file }) => file)
  };
}
