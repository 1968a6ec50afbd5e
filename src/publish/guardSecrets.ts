/**
 * Credentials in a text: secretlint's recommended rules, and a few that data
 * science needs besides. Loaded when a dialog to publish is first opened.
 */
import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';

import type { FindingKind, IHit } from './guardTypes';

const PRESET = '@secretlint/secretlint-rule-preset-recommend';
const RULE = '@secretlint/secretlint-rule-';

const config = {
  rules: [
    {
      id: PRESET,
      rule: creator,
      rules: [
        // A comment in the text must not switch the scan off.
        { id: `${RULE}filter-comments`, disabled: true },
        { id: `${RULE}aws`, options: { enableIDScanRule: true } }
      ]
    }
  ]
};

const KINDS: Readonly<Record<string, FindingKind>> = {
  privatekey: 'private-key',
  basicauth: 'password-url',
  'database-connection-string': 'database',
  aws: 'aws',
  gcp: 'gcp',
  github: 'github',
  npm: 'npm',
  slack: 'slack',
  sendgrid: 'sendgrid',
  shopify: 'shopify',
  openai: 'openai',
  anthropic: 'anthropic',
  linear: 'linear',
  '1password': '1password'
};

interface IRule {
  kind: FindingKind;
  pattern: RegExp;
  /** Of the match and its groups. */
  isOne?: (match: RegExpMatchArray) => boolean;
}

/** What stands where a secret would: a name to be filled in, an expression. */
const PLACEHOLDER =
  /your|change|example|sample|placeholder|dummy|insert|secret|password|todo|test|fake|redacted|xxx|\*\*|\.\.\.|^[<{$%]|[>}]$|environ|getenv|getpass/i;

const RULES: readonly IRule[] = [
  // Also those that were cut off, have a passphrase, or stand in a JSON string.
  {
    kind: 'private-key',
    pattern:
      /-----BEGIN (?:[A-Z]{2,9} ){0,2}PRIVATE KEY(?: BLOCK)?-----(?:\\r|\\n|\s|[A-Za-z-]+: ?[^\n\\]{0,80}){0,12}[A-Za-z0-9+/=]{40,}[A-Za-z0-9+/=\s\\]{0,9000}/g
  },
  // Of an Ethereum account; 64 hex digits alone are any hash, so by its name.
  {
    kind: 'wallet-key',
    pattern:
      /(?:private|secret|signing|wallet|account|deployer|owner)[_ -]?key["'\]]?\s{0,3}[=:]\s{0,3}["'`]?((?:0x)?[0-9a-f]{64})(?![0-9a-z])/gi
  },
  {
    kind: 'seed-phrase',
    pattern:
      /(?:mnemonic|seed[_ -]?(?:phrase|words?)|recovery[_ -]?phrase)["'\]]?\s{0,3}(?:is|=|:)\s{0,3}["'`]?((?:[a-z]{3,8} ){11}(?:(?:[a-z]{3,8} ){3}){0,4}[a-z]{3,8})(?![a-z])/gi
  },
  {
    kind: 'token',
    pattern:
      /(?<![\w-])(?:hf_[A-Za-z0-9]{34}|glpat-[\w-]{20,}|AIza[\w-]{35}|(?:sk|rk)_live_[A-Za-z0-9]{24,}|dapi[0-9a-f]{32}|pypi-AgEIcHlwaS5vcmc[\w-]{50,}|ya29\.[\w-]{50,}|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,})(?![\w-])/g
  },
  {
    kind: 'password',
    pattern:
      /(?<![A-Za-z])(?:password|passwd|passphrase|pwd|api[_-]?key|secret[_-]?key|access[_-]?key|auth[_-]?token|access[_-]?token|client[_-]?secret)["'\]]?\s{0,3}(?:=(?!=)|:)\s{0,3}(["'])([^"'\s]{8,128})\1/gi,
    isOne: ([, , value]) =>
      /[a-z]/i.test(value) &&
      /\d/.test(value) &&
      new Set(value).size >= 6 &&
      !PLACEHOLDER.test(value)
  }
];

function ours(text: string): IHit[] {
  const found: IHit[] = [];
  for (const { kind, pattern, isOne } of RULES) {
    for (const match of text.matchAll(pattern)) {
      if (!isOne || isOne(match)) {
        const { index: at } = match;
        found.push({
          severity: 'secret',
          kind,
          // What is masked is the secret, not the name before it.
          start: at + match[0].lastIndexOf(match[2] ?? match[1] ?? match[0]),
          end: at + match[0].length
        });
      }
    }
  }
  return found;
}

/** Credentials in a text, each by where it is; overlapping ones once. */
export async function secretsIn(text: string): Promise<IHit[]> {
  const { messages } = await lintSource({
    source: {
      content: text,
      filePath: 'content.txt',
      ext: '.txt',
      contentType: 'text'
    },
    options: { noPhysicFilePath: true, config }
  });
  const theirs = messages.map(({ ruleId, range }): IHit => ({
    severity: 'secret',
    kind: KINDS[ruleId.replace(RULE, '')] ?? 'credential',
    start: range[0],
    end: range[1]
  }));
  const all: IHit[] = [];
  // The kinds that say more come first.
  for (const hit of [...theirs, ...ours(text)]) {
    if (!all.some(one => one.start < hit.end && hit.start < one.end)) {
      all.push(hit);
    }
  }
  return all;
}
