/**
 * Changing who may buy in a record. Only what was added or struck out is written:
 * rules that other tools made stay, and mean what they meant.
 */
import { checkedAddress } from './states';

/** Who may (not) buy: accounts, and access lists on the asset's chain. */
export interface IAccessEdit {
  allow: { accounts: string[]; lists: string[] };
  deny: { accounts: string[]; lists: string[] };
}

type Rule = Record<string, unknown>;
type Kind = 'address' | 'accesslist';

const rulesOf = (value: unknown): Rule[] =>
  (Array.isArray(value) ? value : []).filter(
    (rule): rule is Rule => typeof rule === 'object' && rule !== null
  );

const kindOf = (rule: Rule): string => String(rule.type).toLowerCase();

/** A value of a rule; 5.x wraps each in an object. */
const textOf = (value: unknown): string =>
  String(
    typeof value === 'object' && value !== null
      ? (value as { address?: unknown }).address
      : value
  ).toLowerCase();

const valuesOf = (rule: Rule): unknown[] =>
  Array.isArray(rule.values) ? (rule.values as unknown[]) : [];

/** What a rule names, in lower case. */
const namedIn = (rule: Rule): string[] => [
  ...valuesOf(rule).map(textOf),
  ...(rule.accessList ? [textOf(rule.accessList)] : [])
];

/** Rules without some of the accounts or lists that they name. */
function without(
  rules: readonly Rule[],
  kind: Kind,
  gone: ReadonlySet<string>
): Rule[] {
  return rules.flatMap(rule => {
    if (
      kindOf(rule) !== kind ||
      !namedIn(rule).some(value => gone.has(value))
    ) {
      return [rule];
    }
    const values = valuesOf(rule).filter(value => !gone.has(textOf(value)));
    const isList = Boolean(rule.accessList);
    const isGone = isList && gone.has(textOf(rule.accessList));
    return isGone || (values.length === 0 && !isList)
      ? []
      : [{ ...rule, values }];
  });
}

/** One side of the rules; the same object where nothing changed. */
function side(
  before: unknown,
  edit: IAccessEdit['allow'],
  chainId: number
): { rules: Rule[]; isChanged: boolean } {
  const old = rulesOf(before);
  const change = (
    kind: Kind,
    wanted: readonly string[]
  ): { gone: Set<string>; added: string[] } => {
    const now = new Set(
      old.filter(rule => kindOf(rule) === kind).flatMap(namedIn)
    );
    const lower = new Set(wanted.map(one => one.trim().toLowerCase()));
    return {
      gone: new Set([...now].filter(one => !lower.has(one))),
      // What is there already is not judged: somebody else wrote it.
      added: [
        ...new Set(
          wanted
            .filter(one => !now.has(one.trim().toLowerCase()))
            .map(checkedAddress)
        )
      ]
    };
  };
  const accounts = change('address', edit.accounts);
  const lists = change('accesslist', edit.lists);
  const rules = without(
    without(old, 'address', accounts.gone),
    'accesslist',
    lists.gone
  );
  const at = rules.findIndex(rule => kindOf(rule) === 'address');
  if (accounts.added.length && at >= 0) {
    rules[at] = {
      ...rules[at],
      values: [...valuesOf(rules[at]), ...accounts.added]
    };
  } else if (accounts.added.length) {
    rules.push({ type: 'address', values: accounts.added });
  }
  for (const accessList of lists.added) {
    rules.push({
      type: 'accessList',
      chainId,
      accessList,
      // A node reads `accessList`; the shape of 4.1.0 demands `values`.
      values: [accessList]
    });
  }
  return {
    rules,
    isChanged:
      accounts.gone.size + lists.gone.size > 0 ||
      accounts.added.length + lists.added.length > 0
  };
}

/**
 * Whether it may be written that one fitting rule is enough. Nodes ask for all
 * by default; with one rule that is the same, so that it loosens nothing. A rule
 * of another kind may be meant as well as the others.
 */
function mayBeAny(before: unknown): boolean {
  const old = rulesOf(before);
  return (
    old.length <= 1 &&
    old.every(rule => ['address', 'accesslist'].includes(kindOf(rule)))
  );
}

/**
 * `credentials` with a change in them; undefined where nothing is left to say.
 *
 * @throws OceanError bad-address, for what is added
 */
export function changedCredentials(
  before: unknown,
  edit: IAccessEdit,
  chainId: number
): Record<string, unknown> | undefined {
  const old = (before ?? {}) as Record<string, unknown>;
  const allow = side(old.allow, edit.allow, chainId);
  const deny = side(old.deny, edit.deny, chainId);
  const { match_allow, match_deny } = old;
  const others = { ...old };
  for (const name of ['allow', 'deny', 'match_allow', 'match_deny']) {
    delete others[name];
  }
  if (
    !allow.rules.length &&
    !deny.rules.length &&
    !Object.keys(others).length
  ) {
    return undefined;
  }
  const allowAny = allow.isChanged && mayBeAny(old.allow);
  const denyAny = deny.isChanged && mayBeAny(old.deny);
  return {
    ...others,
    ...(match_allow === undefined && !allowAny
      ? {}
      : { match_allow: allowAny ? 'any' : match_allow }),
    ...(match_deny === undefined && !denyAny
      ? {}
      : { match_deny: denyAny ? 'any' : match_deny }),
    allow: allow.rules,
    deny: deny.rules
  };
}
