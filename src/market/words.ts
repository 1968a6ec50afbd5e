/** Failures of buying and downloading in words: what, and what it means. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { codeOf } from './errors';
import { bytesText } from './measures';

const keptOf = (reason: unknown): number =>
  Number((reason as { details?: { kept?: unknown } }).details?.kept ?? 0);

/** What went wrong, what it means for the person's money and data. */
export function problemWords(
  reason: unknown,
  trans: TranslationBundle
): string {
  switch (codeOf(reason)) {
    case 'bad-did':
      return trans.__(
        'This is no asset. Paste its DID (did:op:…) or a link that contains it.'
      );
    case 'cancelled':
      return trans.__('Stopped.');
    case 'not-found':
      return trans.__(
        'No asset with this DID is known to the Ocean Nodes of your networks. If it was published just now, try again in a moment.'
      );
    case 'unknown-chain':
    case 'unknown-network':
      return trans.__(
        'The asset is on a network that is not in your settings. Nothing was paid.'
      );
    case 'not-genuine':
      return trans.__(
        'This record is not genuine: on the network, its identifier, its NFT and its datatoken do not belong to one another. Do not pay for it. Nothing was paid.'
      );
    case 'orders-unknown':
      return trans.__(
        'The network did not tell whether your account bought this before, so it can’t be bought now: you might pay twice. Nothing was paid. Try again in a moment.'
      );
    case 'in-purgatory':
      return trans.__(
        'This asset or its seller is on a list of those to stay away from, so it can’t be bought here. Nothing was paid.'
      );
    case 'no-access':
      return trans.__('This asset offers no download.');
    case 'asset-inactive':
      return trans.__(
        'The publisher took this asset off the market. Nothing was paid.'
      );
    case 'not-for-sale':
      return trans.__('This asset has no price at present. Nothing was paid.');
    case 'unknown-template':
      return trans.__(
        'This asset is sold in a way that is not known here. Nothing was paid.'
      );
    case 'insufficient-balance':
      return trans.__(
        'Your account does not have enough to pay for it. Nothing was paid.'
      );
    case 'price-changed':
      return trans.__(
        'It costs more than was shown. Nothing was paid for it; look at the new sum.'
      );
    case 'terms-changed':
      return trans.__(
        'The publisher changed this asset since it was shown. Nothing was paid; look at it again before you buy.'
      );
    case 'not-ordered':
      return trans.__(
        'You bought the right to order, which stays in your account; only the order itself failed. Order again: what you bought is used, the price is not paid twice.'
      );
    case 'tx-unseen':
      return trans.__(
        'Your payment was sent, and the network has not seen it yet. Try again in a moment: it will be found, not paid twice.'
      );
    case 'bad-amount':
      return trans.__('This is no amount of the token. Nothing was paid.');
    case 'bad-parameter':
      return trans.__(
        'The value of “%1” does not fit what the publisher asks for.',
        String(
          (reason as { details?: { name?: unknown } }).details?.name ?? ''
        ).slice(0, 60)
      );
    case 'not-allowed':
      return trans.__(
        'The publisher does not let this account have the asset. Nothing was paid.'
      );
    case 'rejected':
      return trans.__('You said no in the wallet. Nothing was paid by that.');
    case 'pending':
      return trans.__(
        'The wallet has a request open already. Answer it there, then try again.'
      );
    case 'account-changed':
      return trans.__(
        'The wallet is on another account now. Switch back, or try again with this one.'
      );
    case 'wrong-chain':
      return trans.__(
        'The wallet is on another network. Switch it and try again.'
      );
    case 'not-connected':
    case 'no-wallet':
      return trans.__('No wallet is connected. Log in first.');
    case 'prompt-unknown':
      return trans.__(
        'A request from before may still be open in your wallet, or was answered unseen. Close it there, then try again: nothing is paid twice if it was confirmed.'
      );
    case 'tx-in-flight':
    case 'tx-pending':
      return trans.__(
        'A payment of yours is on its way and not confirmed yet. Try again in a moment: it will be found, not paid twice.'
      );
    case 'tx-reverted':
      return trans.__(
        'The network refused the transaction. The price was not paid, only its gas.'
      );
    case 'tx-replaced':
      return trans.__(
        'The transaction was replaced by another one in your wallet. The price was not paid by it.'
      );
    case 'insecure-context':
      return trans.__(
        'Buying needs a safe connection: open JupyterLab by https or from localhost. Nothing was paid.'
      );
    case 'node-refused-by-person':
    case 'node-not-trusted':
      return trans.__(
        'The Ocean Node of this asset is not in your settings, so nothing was sent to it. Nothing was paid.'
      );
    case 'node-unreachable':
      return trans.__(
        'The Ocean Node of the asset does not answer. What you bought stays yours; try again later.'
      );
    case 'node-refused':
      return trans.__(
        'The Ocean Node refused: %1',
        reason instanceof Error ? reason.message : ''
      );
    case 'chain-unreachable':
    case 'rpc-unreachable':
      return trans.__('The network does not answer. Try again in a moment.');
    case 'chain-error':
      return trans.__(
        'The network answered with an error: %1. Try again in a moment.',
        wordsOf(reason)
      );
    case 'not-bought':
      return trans.__('This account has no valid purchase of the asset.');
    case 'needs-order':
      return trans.__(
        'No IPFS node that can be reached has the content. It can be ordered from the Ocean Node instead.'
      );
    case 'broke-off':
      return trans.__(
        'The download broke off. %1 of it are kept in this browser: download again, and it goes on from there. What you bought stays yours.',
        bytesText(keptOf(reason))
      );
    case 'wrong-key':
    case 'tampered':
    case 'not-sealed':
    case 'commitment-mismatch':
    case 'not-what-was-promised':
    case 'too-much':
      return trans.__(
        'Refused: what came is not what the publisher promised. It was thrown away; nothing was written. Ask the seller, your purchase stays valid.'
      );
    case 'nonce-jump':
      return trans.__(
        'The Ocean Node asks for a signature out of turn. Nothing was signed: if it was not set up anew, don’t trust it. Reload the page to start over.'
      );
    case 'no-target':
      return trans.__('It can not be saved there: choose another folder.');
    case 'offline':
      return trans.__(
        'The IPFS node does not answer. What you bought stays yours; try again when it is back.'
      );
    case 'full':
      return trans.__('There is no space left to save it.');
    case 'other-node':
      return trans.__(
        'This asset is served by another Ocean Node than the one that is set for its network. Only that node could serve the new files: set it first. Nothing was published.'
      );
    case 'same-version':
      return trans.__(
        'These are the files that the asset has already. Nothing was published.'
      );
    case 'record-stale':
      return trans.__(
        'The Ocean Node’s index lags behind the chain, or the asset was changed elsewhere. Nothing was written over it; look again in a moment.'
      );
    case 'no-notebook':
      return trans.__('Open a notebook first.');
    case 'read-only':
      return trans.__('The notebook is read-only.');
    default:
      return trans.__(
        'It did not work: %1',
        reason instanceof Error ? reason.message : String(reason)
      );
  }
}

/** What the other side said, cut: it may be a page of it. */
function wordsOf(reason: unknown): string {
  const { details } = (reason ?? {}) as { details?: { words?: unknown } };
  return typeof details?.words === 'string'
    ? details.words.slice(0, 200)
    : reason instanceof Error
      ? reason.message.slice(0, 200)
      : String(reason);
}
