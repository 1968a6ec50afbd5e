/**
 * Credentials in a text: secretlint's recommended rules, and a few that data
 * science needs besides. Loaded when a dialog to publish is first opened.
 */
import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';

import { ownSecretsIn } from './guardSecretRules';
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
  for (const hit of [...theirs, ...ownSecretsIn(text)]) {
    if (!all.some(one => one.start < hit.end && hit.start < one.end)) {
      all.push(hit);
    }
  }
  return all;
}
