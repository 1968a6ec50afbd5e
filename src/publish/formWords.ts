/** The words of the publish form, and of what is wrong in it. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IDraftProblem } from '../ocean/ddo';
import type { Hindrance } from './dialogModel';
import type { FormField, FormWords } from './form';

export function formWords(trans: TranslationBundle): FormWords {
  return {
    name: trans.__('Name'),
    description: trans.__('Description'),
    license: trans.__('Licence'),
    tags: trans.__('Tags'),
    price: trans.__('Price'),
    amount: trans.__('Amount'),
    token: trans.__('Paid in'),
    chainId: trans.__('Network'),
    type: trans.__('Kind'),
    author: trans.__('Author'),
    sample: trans.__('Sample'),
    days: trans.__('Access lasts (days)'),
    seal: trans.__('Seal it, although it is free'),
    image: trans.__('Container image'),
    tag: trans.__('Image tag'),
    entrypoint: trans.__('Entrypoint'),
    checksum: trans.__('Image checksum'),
    free: trans.__('Free'),
    fixed: trans.__('Fixed price'),
    dataset: trans.__('Data set'),
    algorithm: trans.__('Algorithm'),
    descriptionHint: trans.__('What it is and how it was made; Markdown.'),
    licenseHint: trans.__('An SPDX identifier, or your own terms in words.'),
    tagsHint: trans.__('Separated by commas.'),
    sampleHint: trans.__('A link or ipfs:// address that anybody may see.'),
    daysHint: trans.__('0 means for ever.'),
    sealHint: trans.__(
      'It is encrypted before it leaves this page. Who wants it orders it for free (a transaction, with its network fee), so that you see who did, and can keep accounts out. It hides it from IPFS, not from the Ocean Node, and whoever got it can pass it on.'
    ),
    containerHint: trans.__('The Docker image in which the algorithm runs.')
  };
}

/** What is wrong with a field, and what would be right. */
export function fieldProblem(
  trans: TranslationBundle,
  field: FormField,
  code: IDraftProblem['code']
): string {
  switch (code) {
    case 'required':
      return trans.__('This is needed.');
    case 'too-short':
      return field === 'description'
        ? trans.__('At least 10 characters.')
        : trans.__('At least 4 characters.');
    case 'too-long':
      return trans.__('This is too long.');
    case 'bad-amount':
      return trans.__('A number such as 2.5.');
    case 'zero-amount':
      return trans.__('More than 0; choose Free to give it away.');
    case 'bad-token':
      return trans.__('Choose a token of this network.');
    case 'bad-timeout':
      return trans.__('A number of days, 0 for ever.');
    case 'bad-sample':
      return trans.__('A link that starts with https:// or ipfs://.');
    case 'bad-checksum':
      return trans.__('sha256: and 64 hexadecimal digits.');
    case 'duplicate':
      return trans.__('This is in it twice.');
  }
}

/** Why Publish can't be pressed yet. */
export function hindranceWords(
  trans: TranslationBundle,
  hindrance: Hindrance
): string {
  const words: Record<Hindrance, string> = {
    empty: trans.__('There is nothing in it to publish.'),
    form: trans.__('Fill in what is marked with *, and mend what is marked.'),
    wallet: trans.__('Log in to a wallet first.'),
    account: trans.__('Log in to a wallet first.'),
    chain: trans.__('Switch your wallet to this network first.'),
    node: trans.__('The Ocean Node does not answer.'),
    ipfs: trans.__('Your IPFS node does not answer.'),
    storage: trans.__('Choose who keeps it: see “Stored”.'),
    scan: trans.__('It is still being looked through.'),
    findings: trans.__(
      'Take the passwords or keys out, or agree to publish them.'
    ),
    unchecked: trans.__('It was not looked through: agree to that first.'),
    public: trans.__('Anybody can read it already, so it can’t be sold.')
  };
  return words[hindrance];
}
