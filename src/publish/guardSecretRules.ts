/**
 * What secretlint's rules miss of what data science leaves in notebooks,
 * scripts, settings and command lines. All of them are bounded: a text made to
 * stall them takes no longer than any other.
 */
import type { FindingKind, IHit } from './guardTypes';

/** Characters that a value must have to be one. */
const SHORTEST = 8;

interface IRule {
  kind: FindingKind;
  /** The secret is its group `value`. */
  pattern: RegExp;
  isOne?: (value: string) => boolean;
}

/** What stands where a secret would: a name to be filled in, an expression. */
const PLACEHOLDER =
  /your|change|example|sample|placeholder|dummy|insert|secret|password|todo|test|fake|redacted|xxx|\*\*|\.\.\.|^[<{$%]|[>}]$|environ|getenv|getpass/i;

function isSecret(value: string): boolean {
  return (
    /[a-z]/i.test(value) &&
    /\d/.test(value) &&
    new Set(value).size >= 6 &&
    !PLACEHOLDER.test(value)
  );
}

/** Without quotes also paths, addresses and names of variables may stand there. */
function isBareSecret(value: string): boolean {
  return (
    isSecret(value) &&
    !/^[/~.]|^[A-Z]:|^[a-z][a-z0-9+.-]*:\/\//i.test(value) &&
    // `config.key_v2`: words, each with a small number after it or none.
    !value.split(/[._-]/).every(word => /^[a-z]*\d{0,4}$/i.test(word))
  );
}

const NAME =
  '(?:pass(?:word|wd|phrase)|pwd|api[_-]?key|secret(?:[_-]?key)?|access[_-]?key|auth[_-]?token|access[_-]?token|client[_-]?secret|private[_-]?key)';
/** The end of a name: in quotes, in brackets, with a type after it. */
const AFTER_NAME =
  '(?:\\\\?["\'])?\\]?(?:\\s{0,3}:\\s{0,3}[A-Za-z_][\\w.| \\[\\]]{0,40}(?=\\s{0,3}=))?\\s{0,3}(?::=|=>|=(?!=)|:)\\s{0,3}';
const BARE = `(?<value>[^\\s"'\`\\\\,;&(){}\\[\\]<>]{${SHORTEST},128})`;

const RULES: readonly IRule[] = [
  // Of an Ethereum account; 64 hex digits alone are any hash, so by its name.
  {
    kind: 'wallet-key',
    pattern: new RegExp(
      `(?:private|secret|signing|wallet|account|deployer|owner)[_ -]?key${AFTER_NAME}(?:\\\\?["'\`])?(?<value>(?:0x)?[0-9a-f]{64})(?![0-9a-z])`,
      'gi'
    )
  },
  {
    kind: 'seed-phrase',
    pattern:
      /(?:mnemonic|seed[_ -]?(?:phrase|words?)|recovery[_ -]?phrase)(?:\\?["'])?\]?\s{0,3}(?:is|=|:)\s{0,3}(?:\\?["'`])?(?<value>(?:[a-z]{3,8} ){11}(?:(?:[a-z]{3,8} ){3}){0,4}[a-z]{3,8})(?![a-z])/gi
  },
  {
    kind: 'token',
    pattern:
      /(?<![\w-])(?<value>hf_[A-Za-z0-9]{34}|glpat-[\w-]{20,}|AIza[\w-]{35}|(?:sk|rk)_live_[A-Za-z0-9]{24,}|dapi[0-9a-f]{32}|pypi-AgEIcHlwaS5vcmc[\w-]{50,}|ya29\.[\w-]{50,}|eyJ[\w-]{10,1000}\.eyJ[\w-]{10,4000}\.[\w-]{20,})(?![\w-])/g
  },
  {
    kind: 'token',
    pattern:
      /authorization(?:\\?["'])?\s{0,3}[:=]\s{0,3}(?:\\?["'])?(?:bearer|token|basic) {1,3}(?<value>[\w.~+/=-]{16,400})/gi,
    isOne: isSecret
  },
  // Any database, also with the driver's name: `postgresql+psycopg2://`.
  {
    kind: 'database',
    pattern:
      /(?<![a-z0-9+])(?!https?:)[a-z][a-z0-9]{1,20}(?:\+[a-z0-9]{1,20})?:\/\/[^\s:@/"'<>]{0,64}:(?<value>[^\s@/"'<>]{1,128})@[\w.[-]/gi,
    isOne: value => !PLACEHOLDER.test(value) && !/^pass$/i.test(value)
  },
  // password="…", os.environ["API_KEY"] = "…", password: str = "…", in JSON too.
  {
    kind: 'password',
    pattern: new RegExp(
      `(?<![A-Za-z])${NAME}${AFTER_NAME}[rbu]{0,2}\\\\?(["'])(?<value>[^"'\\s]{${SHORTEST},128}?)\\\\?\\1`,
      'gi'
    ),
    isOne: isSecret
  },
  // --password=…
  {
    kind: 'password',
    pattern: new RegExp(
      `(?<![\\w-])--(?:[a-z]{1,20}-){0,3}${NAME}[= ]\\\\?["']?${BARE}`,
      'gi'
    ),
    isOne: isBareSecret
  },
  // ?api_key=… of a link.
  {
    kind: 'password',
    pattern: new RegExp(`[?&]${NAME}=${BARE}`, 'gi'),
    isOne: isBareSecret
  },
  // API_KEY=… of a shell, a Dockerfile, an .env, %env: in capitals, no blanks.
  {
    kind: 'password',
    pattern: new RegExp(
      `(?<![A-Za-z0-9_])[A-Z0-9_]{0,40}(?<![A-Z])(?:PASS(?:WORD|WD|PHRASE)|PWD|API_?KEY|SECRET(?:_?KEY)?|(?:ACCESS|PRIVATE)_?KEY|TOKEN)=${BARE}(?=[\\s"'\\\\;]|$)`,
      'g'
    ),
    isOne: value => isSecret(value) && !/^[/~.]|:\/\//.test(value)
  },
  // password: … of YAML, password = … of an .ini: a line of its own.
  {
    kind: 'password',
    pattern: new RegExp(
      `^[ \\t"'>-]{0,16}(?:(?:export|set|%env|%set_env|ENV) )?(?:[A-Za-z0-9][\\w.-]{0,39}(?<![A-Za-z]))?${NAME}\\\\?["']?[ \\t]{0,3}[:=][ \\t]{0,3}${BARE}(?=\\s|$)`,
      'gim'
    ),
    isOne: isBareSecret
  }
];

const BEGIN = /-----BEGIN (?:[A-Z]{2,9} ){0,2}PRIVATE KEY(?: BLOCK)?-----/g;
/** Blanks, and what JSON and a list of lines put between two of them. */
const BREAK = /(?:\\r|\\n|[\s"',])*/y;
const HEADER = /[A-Za-z-]{1,40}:[^\r\n\\]{0,120}/y;
const BODY = /[A-Za-z0-9+/=]{40,4000}[A-Za-z0-9+/=\s\\"',]{0,9000}/y;
/** Lines before the key itself, as `Proc-Type` and `DEK-Info`. */
const HEADERS = 12;

/** Keys in PEM, also cut off, with a passphrase, or in a JSON string. */
function* pemKeys(text: string): Generator<IHit> {
  for (const { 0: begin, index: start } of text.matchAll(BEGIN)) {
    let at = start + begin.length;
    const pass = (pattern: RegExp): boolean => {
      pattern.lastIndex = at;
      const found = pattern.exec(text);
      at += found?.[0].length ?? 0;
      return !!found?.[0].length;
    };
    pass(BREAK);
    for (let n = 0; n < HEADERS && pass(HEADER); n++) {
      // A header has its line for itself.
      if (!pass(BREAK)) {
        break;
      }
    }
    if (pass(BODY)) {
      yield { severity: 'secret', kind: 'private-key', start, end: at };
    }
  }
}

/** Credentials that these rules see; in no order, and some by two of them. */
export function* ownSecretsIn(text: string): Generator<IHit> {
  yield* pemKeys(text);
  for (const { kind, pattern, isOne } of RULES) {
    for (const match of text.matchAll(pattern)) {
      const value = match.groups?.value ?? '';
      if (!isOne || isOne(value)) {
        // What is masked is the secret, not the name before it.
        const start = match.index + match[0].lastIndexOf(value);
        yield {
          severity: 'secret',
          kind,
          start,
          end: start + value.length
        };
      }
    }
  }
}
