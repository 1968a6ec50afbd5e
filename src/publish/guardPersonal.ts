/**
 * Personal data in a text: few kinds, each by a rule that ordinary data seldom
 * meets (check digits, ranges, written forms). What is found is a warning, so a
 * miss is better than a page full of measurements called telephone numbers.
 */
import type { IHit } from './guardTypes';

type Detector = (text: string) => Generator<IHit>;

function* matches(
  text: string,
  pattern: RegExp,
  kind: IHit['kind'],
  isOne: (found: string, at: number) => boolean
): Generator<IHit> {
  for (const match of text.matchAll(pattern)) {
    if (isOne(match[0], match.index)) {
      yield {
        severity: 'personal',
        kind,
        start: match.index,
        end: match.index + match[0].length
      };
    }
  }
}

/** Ends of what looks like an address and is a file or an attribute in code. */
const NO_TLD = new Set(
  'png jpg jpeg gif svg webp ico css js ts py md txt csv json html ipynb shape reshape sum mean inv conj transpose dot flatten ravel values numpy array copy real imag diag trace'.split(
    ' '
  )
);
/** Domains for examples (RFC 2606), and senders that are nobody. */
const NOBODY =
  /@(?:[\w.-]+\.)?(?:example\.(?:com|org|net|edu)|users\.noreply\.github\.com)$|\.(?:example|test|invalid|localhost|local)$|^(?:no-?reply|git)@/i;

function* emails(text: string): Generator<IHit> {
  // Without an @ there is nothing to walk back from: long lines cost nothing.
  if (!text.includes('@')) {
    return;
  }
  yield* matches(
    text,
    /(?<![\w.+%-])[\w.%+-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z]{2,24}(?![\w-])/gi,
    'email',
    found =>
      !NOBODY.test(found) &&
      !NO_TLD.has((found.split('.').pop() ?? '').toLowerCase())
  );
}

/** Length of an IBAN by country (SWIFT's registry of IBAN formats). */
const IBAN_LENGTHS = new Map(
  'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20'
    .split(' ')
    .map(entry => [entry.slice(0, 2), Number(entry.slice(2))])
);

/** ISO 13616: length of its country, and the check digits (ISO 7064, mod 97-10). */
export function isIban(text: string): boolean {
  const iban = text.replace(/ /g, '');
  if (IBAN_LENGTHS.get(iban.slice(0, 2)) !== iban.length) {
    return false;
  }
  let rest = 0;
  for (const char of iban.slice(4) + iban.slice(0, 4)) {
    rest = Number(`${rest}${parseInt(char, 36)}`) % 97;
  }
  return rest === 1;
}

const ibans: Detector = text =>
  matches(
    text,
    /(?<!\w)[A-Z]{2}\d{2}(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,4})?(?!\w)|(?<!\w)[A-Z]{2}\d{2}[A-Z0-9]{11,28}(?!\w)/g,
    'iban',
    isIban
  );

/** Check digit of ISO/IEC 7812-1. */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const twice = digit * 2;
    sum += i % 2 ? (twice > 9 ? twice - 9 : twice) : digit;
  }
  return sum % 10 === 0;
}

/** Prefixes and lengths of the networks of payment cards. */
const CARD =
  /^(?:4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2(?:2[3-9]|[3-6]\d|7[01])\d{13}|3[47]\d{13}|6(?:011|5\d\d|4[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|3(?:0[0-5]|[68]\d)\d{11})$/;

const cards: Detector = text =>
  matches(
    text,
    /(?<![\w.,+-])(?:\d{4}([ -])\d{4}\1\d{4}\1\d{4}|\d{4}([ -])\d{6}\2\d{4,5}|\d{13,19})(?![\w-]|[.,]\d)/g,
    'card',
    found => {
      const digits = found.replace(/\D/g, '');
      return (
        CARD.test(digits) &&
        passesLuhn(digits) &&
        // The one digit again and again is filler.
        new Set(digits.slice(1, -1)).size > 2
      );
    }
  );

/** With a country code, or as written in North America. */
function* phones(text: string): Generator<IHit> {
  yield* matches(
    text,
    /(?<![\w.+*/^-])(?:\+|00)[1-9]\d{0,2}(?:[ ./-]?\(0?\d{1,4}\))?(?:[ ./-]?\d{1,5}){2,6}(?![\w(]|[.,]\d)/g,
    'phone',
    found => {
      const digits = found.replace(/\D/g, '');
      const isGrouped = /\d[ ./()-]+\d/.test(found);
      return (
        digits.length >= (isGrouped ? 9 : 10) &&
        digits.length <= 15 &&
        // "+1.5" and "00123456789" are numbers, "0031-…" is half of a UUID.
        (found.startsWith('+') || (isGrouped && /^00[\d ]+$/.test(found))) &&
        !/^\+\d+\.\d+$/.test(found) &&
        new Set(digits).size > 2
      );
    }
  );
  yield* matches(
    text,
    /(?<![\w.+-])(?:\([2-9]\d\d\) ?[2-9]\d\d[-.]\d{4}|[2-9]\d\d-[2-9]\d\d-\d{4})(?![\w-]|[.,]\d)/g,
    'phone',
    () => true
  );
}

/** Not of the public internet (IANA's registries), or nobody's in particular. */
const NOBODYS_V4 =
  /^(?:0|10|127|22[4-9]|23\d|24\d|25[0-5])\.|^(?:169\.254|192\.168|198\.1[89])\.|^172\.(?:1[6-9]|2\d|3[01])\.|^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|^(?:192\.0\.[02]|198\.51\.100|203\.0\.113)\.|^(?:8\.8\.8\.8|8\.8\.4\.4|9\.9\.9\.9|1\.[01]\.[01]\.1|208\.67\.22[02]\.22[02])$/;

function* ips(text: string): Generator<IHit> {
  yield* matches(
    text,
    // Versions look the same: after =, v, a name and a slash, they are ones.
    /(?<![\w.=~<>+-]|[A-Za-z]\/)(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)/g,
    'ip',
    (found, at) => {
      const parts = found.split('.');
      return (
        parts.every(part => Number(part) <= 255 && !/^0\d/.test(part)) &&
        parts.filter(part => Number(part) >= 10).length >= 2 &&
        !NOBODYS_V4.test(found) &&
        !/\b(?:version|release|build|v)\W{0,3}$/i.test(
          text.slice(Math.max(0, at - 12), at)
        )
      );
    }
  );
  // Global unicast, 2000::/3 (RFC 4291), without that for documentation.
  yield* matches(
    text,
    /(?<![\w:.])[23][0-9a-f]{3}:(?:(?:[0-9a-f]{1,4}:){6}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){1,5}(?::[0-9a-f]{1,4}){1,5})(?![\w:])/gi,
    'ip',
    found => !/^2001:0?db8:/i.test(found)
  );
}

const ssns: Detector = text =>
  matches(
    text,
    /(?<![\w.-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])/g,
    'ssn',
    found => !['123-45-6789', '078-05-1120'].includes(found)
  );

/** Personal data in a text, each by where it is; in no order. */
export function personalIn(text: string): IHit[] {
  const found = [emails, ibans, cards, phones, ips, ssns].flatMap(detect => [
    ...detect(text)
  ]);
  // A card in groups may read as a telephone number: the stricter rule wins.
  return found.filter(
    one =>
      one.kind !== 'phone' ||
      !found.some(
        other =>
          other.kind !== 'phone' &&
          other.start < one.end &&
          one.start < other.end
      )
  );
}
