/**
 * Text as a terminal would have left it, and file names that any system takes.
 */

// CSI sequences, OSC sequences (ended by BEL or ST), and two-byte escapes.
const ANSI =
  /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]|\x9b[0-?]*[ -/]*[@-~]/g;
const CONTROLS = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g;

/** nbformat keeps long strings as lists of lines. */
export function joinLines(value: string | readonly string[]): string {
  return typeof value === 'string' ? value : value.join('');
}

/** What `text` shows once `\r` and `\b` have moved the cursor in each line. */
function settle(line: string): string {
  if (!/[\r\b]/.test(line)) {
    return line;
  }
  const shown: string[] = [];
  let cursor = 0;
  for (const character of line) {
    if (character === '\r') {
      cursor = 0;
    } else if (character === '\b') {
      cursor = Math.max(0, cursor - 1);
    } else {
      shown[cursor] = character;
      cursor += 1;
    }
  }
  return shown.join('');
}

/**
 * Printed text without colours and cursor movements: a progress bar that was
 * drawn a hundred times over is one line.
 */
export function plainText(text: string): string {
  return text
    .replace(ANSI, '')
    .replace(/\r\n/g, '\n')
    .split('\n')
    .map(settle)
    .join('\n')
    .replace(CONTROLS, '');
}

/**
 * Words of a title as a file name without extension: letters and digits of any
 * script, joined by `-`, at most 60 characters.
 */
export function slug(title: string): string {
  const words = title.normalize('NFC').match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  let name = '';
  for (const word of words) {
    const next = name ? `${name}-${word}` : word;
    if ([...next].length > 60) {
      break;
    }
    name = next;
  }
  return (name || [...(words[0] ?? '')].slice(0, 60).join('')).toLowerCase();
}

/** `iris.csv` → `iris-2.csv`: the name to try when the first is taken. */
export function numberedName(name: string, number: number): string {
  const dot = /^.+(?=\.(tar\.)?[^./]+$)/.exec(name)?.[0].length ?? name.length;
  return `${name.slice(0, dot)}-${number}${name.slice(dot)}`;
}
