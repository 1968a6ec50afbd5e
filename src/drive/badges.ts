/** A sign in each row: where the content is kept. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { BADGES } from '../pinning/badges';
import type { IPinning, PinBadge } from '../tokens';
import type { BadgeFor } from './cells';

export function pinBadges(
  pinning: Pick<IPinning, 'badgeFor'>,
  trans: TranslationBundle
): BadgeFor {
  const words: Record<PinBadge, string> = {
    here: trans.__('Pinned on this node'),
    elsewhere: trans.__('Pinned elsewhere, too'),
    browser: trans.__('In this browser only'),
    pinning: trans.__('Being pinned'),
    failed: trans.__('Pinning failed')
  };
  return ({ hash }) => {
    const badge = hash ? pinning.badgeFor(hash) : null;
    return (
      badge && {
        text: BADGES[badge],
        title: words[badge],
        className: `jp-web3-mod-${badge}`
      }
    );
  };
}
