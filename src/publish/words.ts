/**
 * What a job's problem means, in words for a person: what happened, what it
 * means for their data and money.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IJobProblem, PublishStep } from '../tokens';
import { codeOf, messageOf } from './errors';

export interface IWords {
  title: string;
  meaning: string;
}

/** What became of money and file when a job stopped. */
function standing(
  trans: TranslationBundle,
  problem: IJobProblem,
  added: boolean
): string {
  if (problem.paid) {
    return trans.__(
      'A transaction of this job was already paid; it is kept, and going on does not pay it twice.'
    );
  }
  return added
    ? trans.__('Nothing was paid; your file is on IPFS.')
    : trans.__('Nothing was paid and nothing was published.');
}

/** @returns the words for a stable code of `errors.ts` */
export function problemWords(
  trans: TranslationBundle,
  problem: IJobProblem,
  added: boolean
): IWords {
  const meaning = standing(trans, problem, added);
  const say = (title: string, more?: string): IWords => ({
    title,
    meaning: more ?? meaning
  });
  switch (problem.code) {
    case 'reloaded':
      return say(
        trans.__('The page was reloaded while this was being published.')
      );
    case 'other-tab':
      return say(
        trans.__('Another tab is working on this.'),
        trans.__('Go on there, or close that tab and resume here.')
      );
    case 'newer-version':
      return say(
        trans.__('A newer version of this extension started this.'),
        trans.__('It is left alone here. Update, then resume.')
      );
    case 'paused-by-person':
      return say(trans.__('Paused.'));
    case 'prompt-rejected':
      return say(trans.__('The wallet refused the request.'));
    case 'prompt-unknown':
      return say(
        trans.__('A prompt from before may still be open in your wallet.'),
        trans.__(
          'Look into your wallet. If you approve it there, it is found here by itself. Only if it is closed for sure, say so: approving both would pay twice.'
        )
      );
    case 'record-stale':
      return say(
        trans.__('The asset was changed meanwhile.'),
        trans.__(
          'Nothing was written over it. Discard this, and make the new version again.'
        )
      );
    case 'tx-in-flight':
      return say(
        trans.__('A transaction is on its way.'),
        trans.__(
          'It is not mined yet. This goes on by itself; you can also speed it up in your wallet.'
        )
      );
    case 'account-changed':
      return say(
        trans.__(
          'Your wallet is on another account than this was started with.'
        ),
        trans.__(
          'Choose the account in your wallet, then try again. %1',
          meaning
        )
      );
    case 'chain-changed':
      return say(trans.__('Your wallet is on another network.'));
    case 'wallet-disconnected':
      return say(trans.__('Your wallet is not connected.'));
    case 'wallet-failed':
      return say(trans.__('The wallet could not do it.'));
    case 'would-revert':
      return say(
        trans.__('The transaction would fail, so your wallet was not asked.')
      );
    case 'tx-reverted':
      return say(
        trans.__('The transaction failed on the chain.'),
        trans.__(
          'Its gas is spent, but nothing was minted by it. Trying again sends a new one.'
        )
      );
    case 'tx-replaced':
      return say(
        trans.__('The transaction was replaced by another one in your wallet.'),
        trans.__('Nothing came of it here. Trying again sends a new one.')
      );
    case 'chain-unreachable':
      return say(trans.__('The chain does not answer.'));
    case 'chain-error':
      return say(
        trans.__('The chain answered with an error.'),
        trans.__('It said: %1. %2', problem.message.slice(0, 200), meaning)
      );
    case 'node-unreachable':
      return say(trans.__('The Ocean Node does not answer.'));
    case 'node-busy':
      return say(
        trans.__('The Ocean Node has no time for more requests right now.'),
        trans.__(
          'What it has looked at is remembered: going on starts where this stopped. %1',
          meaning
        )
      );
    case 'node-refused':
      return say(trans.__('The Ocean Node refused.'), meaning);
    case 'nonce-jump':
      return say(
        trans.__('The Ocean Node asks for a signature out of turn.'),
        trans.__(
          'Nothing was signed. If it was not set up anew, don’t trust it; reload the page to start over. %1',
          meaning
        )
      );
    case 'node-cannot-see':
      return say(
        trans.__('The Ocean Node can’t read your file yet.'),
        trans.__(
          'It has to fetch it from IPFS itself. It helps when your IPFS node is online and reachable, or when the file is also pinned at a service. %1',
          meaning
        )
      );
    case 'node-refused-ddo':
      return say(trans.__('The Ocean Node would refuse this description.'));
    case 'node-not-trusted':
      return say(trans.__('This Ocean Node is not in your settings.'));
    case 'ipfs-offline':
      return say(trans.__('Your IPFS node does not answer.'));
    case 'only-here':
      return say(
        trans.__('Only this browser has it; an Ocean Node could not fetch it.'),
        trans.__(
          'Start Kubo and move the files of this browser to it (the IPFS drive offers that), or discard this and choose a service that takes uploads when you publish again.'
        )
      );
    case 'storage-failed':
      return say(trans.__('Not all whom you chose keep it yet.'));
    case 'not-kept':
      return say(
        trans.__('Nobody who was asked has it any more.'),
        trans.__(
          'So it was not registered. Going on has it kept again. %1',
          meaning
        )
      );
    case 'pin-failed':
      return say(trans.__('The file could not be pinned.'));
    case 'content-unreadable':
      return say(trans.__('The file can’t be read any more.'));
    case 'content-changed':
      return say(
        trans.__('It was changed since it was checked.'),
        trans.__(
          'What nobody has looked through is not published. Discard this, and publish it again: then it is checked again. %1',
          meaning
        )
      );
    case 'already-public':
      return say(
        trans.__('This was published in the clear before.'),
        trans.__(
          'Anybody can read it, so sealing it hides nothing and it can’t be sold. Discard this. %1',
          meaning
        )
      );
    case 'key-lost':
      return say(
        trans.__('The key that sealed this file is gone from this browser.'),
        trans.__(
          'It can’t be finished. Discard it and publish again. %1',
          meaning
        )
      );
    case 'quota-exceeded':
      return say(
        trans.__('The browser has no room left for this page’s data.'),
        trans.__('Make room on the disk or in the site’s data, then try again.')
      );
    case 'journal-blocked':
      return say(
        trans.__('This browser does not let the page keep its journal.'),
        trans.__('Without it nothing is published: a reload could pay twice.')
      );
    case 'insecure-context':
      return say(
        trans.__('This page is not secure.'),
        trans.__('Open JupyterLab by https or from localhost to publish.')
      );
    case 'index-late':
      return say(
        trans.__('The Ocean Node has not listed it yet.'),
        trans.__(
          'It is minted and yours; the list may take a while. Look again.'
        )
      );
    case 'index-failed':
      return say(
        trans.__('The Ocean Node did not take it into its list.'),
        trans.__('It is minted and yours. The details say why.')
      );
    default:
      return say(trans.__('Something failed.'));
  }
}

/** The words for a refusal before or beside a job. */
export function errorWords(trans: TranslationBundle, error: unknown): string {
  const code = codeOf(error);
  switch (code) {
    case 'nothing-to-publish':
      return trans.__('There is nothing in it to publish.');
    case 'nothing-selected':
      return trans.__('Select a file or folder in a file browser first.');
    case 'no-such-job':
      return trans.__('This publication is not known in this browser.');
    case 'not-connected':
      return trans.__('Log in to a wallet first.');
    case 'no-node':
      return trans.__('No Ocean Node is set for this network.');
    case 'silent-refused':
      return trans.__(
        'Publishing without a dialog is only allowed when the server was started with --expose-app.'
      );
    case 'findings':
      return trans.__(
        'Passwords or keys are in it, so it was not published without a dialog. %1',
        messageOf(error)
      );
    case 'unchecked':
      return trans.__(
        'It could not be looked through, so it was not published without a dialog. %1',
        messageOf(error)
      );
    case 'mainnet-unconfirmed':
      return trans.__(
        'This network’s money is real: publishing there without a dialog has to be allowed by “allowMainnet”.'
      );
    case 'already-public':
      return trans.__(
        'This was published in the clear before, so it can’t be sold: anybody can read it.'
      );
    case 'unknown-storage':
      return trans.__(
        '“%1” is none of those who keep content for you. Look under “Pins and Pinning Services”.',
        messageOf(error)
      );
    case 'page-only':
      return trans.__(
        'Only this page has it, and “%1” fetches from IPFS nodes: nobody can fetch from a page. Choose somebody who takes uploads.',
        messageOf(error)
      );
    case 'no-other-holder':
      return trans.__('Nobody else would have it: choose who keeps it.');
    case 'too-late-to-cancel':
      return trans.__(
        'It is minted already and can’t be discarded; it can only be finished.'
      );
    case 'not-now':
      return trans.__('Answer the prompt in your wallet first.');
    case 'bad-draft':
      return trans.__('The description is not complete: %1', messageOf(error));
    case 'tx-in-flight':
    case 'ipfs-offline':
    case 'other-tab':
    case 'quota-exceeded':
    case 'journal-blocked':
    case 'insecure-context':
    case 'newer-version':
      return problemWords(trans, { code, message: '', paid: false }, false)
        .title;
    default:
      return messageOf(error);
  }
}

/** A step, as what it does for the person. */
export function stepWords(trans: TranslationBundle, step: PublishStep): string {
  const words: Record<PublishStep, string> = {
    content: trans.__('Read'),
    seal: trans.__('Sealed'),
    add: trans.__('Added to IPFS'),
    pin: trans.__('Pinned'),
    reachable: trans.__('Node can read it'),
    predict: trans.__('Addresses known'),
    'encrypt-files': trans.__('Location encrypted'),
    ddo: trans.__('Description checked'),
    'encrypt-ddo': trans.__('Description encrypted'),
    mint: trans.__('Registered on the chain'),
    metadata: trans.__('Description on the chain'),
    index: trans.__('Listed')
  };
  return words[step];
}
