/**
 * What each wallet prompt of publishing is, in words, before it opens. A wallet
 * shows a signature for an Ocean Node as a hash: nobody can read what it does.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { PublishStep } from '../tokens';

export type PromptStep = Extract<
  PublishStep,
  'encrypt-files' | 'encrypt-ddo' | 'mint' | 'metadata'
>;

/** The prompts in their order. */
export const PROMPTS: readonly {
  step: PromptStep;
  kind: 'signature' | 'transaction';
}[] = [
  { step: 'encrypt-files', kind: 'signature' },
  { step: 'encrypt-ddo', kind: 'signature' },
  { step: 'mint', kind: 'transaction' },
  { step: 'metadata', kind: 'transaction' }
];

/** A prompt in few words. */
export function promptWords(
  trans: TranslationBundle,
  step: PromptStep
): string {
  const words: Record<PromptStep, string> = {
    'encrypt-files': trans.__('Sign where the file is (free)'),
    'encrypt-ddo': trans.__('Sign the description (free)'),
    mint: trans.__('Transaction: register it on the chain'),
    metadata: trans.__('Transaction: put its description on the chain')
  };
  return words[step];
}

function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    // Shown as it is: the settings may hold what is no URL.
    return url;
  }
}

/**
 * What the open prompt asks for: what is signed, for whom, and what it does not
 * do. Names are foreign text: show them isolated.
 *
 * @param o.node - the Ocean Node's URL
 * @param o.network - name of the chain
 */
export function openPromptWords(
  trans: TranslationBundle,
  step: PublishStep,
  o: { name: string; node: string; network: string; currency: string }
): string | null {
  const host = hostOf(o.node);
  switch (step) {
    case 'encrypt-files':
      return trans.__(
        'Your wallet shows a hash that can’t be read. It asks %1 to encrypt where the files of “%2” are. It moves no money and allows no payment.',
        host,
        o.name
      );
    case 'encrypt-ddo':
      return trans.__(
        'Your wallet shows a hash that can’t be read. It asks %1 to encrypt the description of “%2”. It moves no money and allows no payment.',
        host,
        o.name
      );
    case 'mint':
      return trans.__(
        'A transaction on %1: registers “%2” with its price. It sends no tokens; only the network’s fee in %3 is paid.',
        o.network,
        o.name,
        o.currency
      );
    case 'metadata':
      return trans.__(
        'A transaction on %1: puts the description of “%2” on the chain. It sends no tokens; only the network’s fee in %3 is paid.',
        o.network,
        o.name,
        o.currency
      );
    default:
      return null;
  }
}
