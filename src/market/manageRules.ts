/** Rules of who may buy that are shown, and not changed here. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IAccessRule, IAsset } from '../ocean/asset';

interface IOther {
  side: 'allow' | 'deny';
  of: 'asset' | 'service';
  rule: IAccessRule;
}

/** Rules that are not changed here: of other kinds, and those of services. */
export function otherRules(asset: IAsset | null): IOther[] {
  const sides = ['allow', 'deny'] as const;
  return sides.flatMap(side => [
    ...(asset?.access[side] ?? [])
      .filter(({ type }) => type === 'other')
      .map(rule => ({ side, of: 'asset' as const, rule })),
    ...(asset?.service?.access[side] ?? []).map(rule => ({
      side,
      of: 'service' as const,
      rule
    }))
  ]);
}

/** Such a rule, to be read. */
export function ruleWords(
  { side, of, rule }: IOther,
  trans: TranslationBundle
): string {
  const what =
    rule.type === 'address'
      ? trans.__('accounts')
      : rule.type === 'accessList'
        ? trans.__('who is on lists')
        : trans.__('by a rule that only the Ocean Node can judge');
  const who = side === 'allow' ? trans.__('may') : trans.__('may not');
  return of === 'asset'
    ? trans.__('%1, %2: %3', who, what, rule.values.join(', ').slice(0, 500))
    : trans.__(
        'Of its service: %1, %2: %3',
        who,
        what,
        rule.values.join(', ').slice(0, 500)
      );
}
