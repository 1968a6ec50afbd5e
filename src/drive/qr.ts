/**
 * QR codes (ISO/IEC 18004) as one path of an SVG.
 */
import { encode } from 'uqr';

/** Modules that stay empty around a code, as the standard asks for. */
const QUIET = 4;

/** Unit squares of the dark modules, in a square of `size` units. */
export function qrPath(text: string): { path: string; size: number } {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET });
  const parts: string[] = [];
  data.forEach((row, y) => {
    row.forEach((dark, x) => {
      if (dark) {
        parts.push(`M${x} ${y}h1v1h-1z`);
      }
    });
  });
  return { path: parts.join(''), size };
}
