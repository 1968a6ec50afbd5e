/** What the states of an asset mean for who looks at it. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IAsset } from '../ports';
import { purgatory } from '../purgatory';

/** Name and meaning of a state (`metaDataState` of ERC721Template.sol). */
export function stateWords(
  state: number,
  trans: TranslationBundle
): { name: string; means: string } {
  switch (state) {
    case 0:
      return {
        name: trans.__('Active'),
        means: trans.__('It can be found and ordered.')
      };
    case 1:
      return {
        name: trans.__('End of life'),
        means: trans.__(
          'The publisher retired it. It is not sold any more, and who bought it may not be able to download it again.'
        )
      };
    case 2:
      return {
        name: trans.__('Deprecated'),
        means: trans.__(
          'The publisher put something newer in its place. It is not sold any more, and who bought it may not be able to download it again.'
        )
      };
    case 3:
      return {
        name: trans.__('Revoked'),
        means: trans.__(
          'The publisher withdrew it. Ocean Nodes forget what it was, sell it no more, and serve it to nobody, not even to those who bought it.'
        )
      };
    case 4:
      return {
        name: trans.__('Ordering disabled'),
        means: trans.__(
          'The publisher takes no orders at present. Meanwhile Ocean Nodes may also refuse downloads to those who bought it before.'
        )
      };
    case 5:
      return {
        name: trans.__('Unlisted'),
        means: trans.__(
          'The publisher keeps it out of searches: only who has its DID finds it. Some Ocean Nodes refuse to serve such assets.'
        )
      };
    default:
      return {
        name: trans.__('Unknown state (%1)', state),
        means: trans.__(
          'It is in a state that is not known here. It can not be bought from here.'
        )
      };
  }
}

/** Whether there is something about its state that a buyer must know. */
export function isUnusual(asset: IAsset): boolean {
  return asset.state !== 0 || purgatory.has(asset);
}
