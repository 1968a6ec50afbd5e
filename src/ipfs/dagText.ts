/**
 * A decoded IPLD value as readable text of bounded length, in the spirit of
 * DAG-JSON (https://ipld.io/specs/codecs/dag-json/spec/): links as
 * `{"/": "<cid>"}`, bytes as `{"/": {"bytes": "<base64>"}}`.
 */
import { CID } from 'multiformats/cid';

/** Deeper than this nothing is shown. */
const MAX_DEPTH = 64;

class Full extends Error {}

/** @param limit - characters; `cut` tells that there was more */
export function valueText(
  value: unknown,
  limit: number
): { text: string; cut: boolean } {
  let text = '';
  const put = (part: string): void => {
    text += part;
    if (text.length > limit) {
      throw new Full();
    }
  };
  const write = (one: unknown, depth: number): void => {
    const indent = '  '.repeat(depth + 1);
    if (one === null || typeof one === 'boolean' || typeof one === 'number') {
      put(String(one));
    } else if (typeof one === 'bigint') {
      put(one.toString());
    } else if (typeof one === 'string') {
      put(JSON.stringify(one.slice(0, limit)));
    } else if (one instanceof Uint8Array) {
      put(`{"/": {"bytes": "${base64(one.subarray(0, limit))}"}}`);
    } else if (typeof one !== 'object') {
      put(String(one));
    } else if (CID.asCID(one)) {
      put(`{"/": "${CID.asCID(one)!.toString()}"}`);
    } else if (depth >= MAX_DEPTH) {
      put('…');
    } else {
      const list = Array.isArray(one);
      const entries = Object.entries(one);
      put(list ? '[' : '{');
      for (const [i, [key, child]] of entries.entries()) {
        put(`${i ? ',' : ''}\n${indent}`);
        if (!list) {
          put(`${JSON.stringify(key.slice(0, limit))}: `);
        }
        write(child, depth + 1);
      }
      put(entries.length ? `\n${'  '.repeat(depth)}` : '');
      put(list ? ']' : '}');
    }
  };
  try {
    write(value, 0);
    return { text, cut: false };
  } catch (error) {
    if (!(error instanceof Full)) {
      throw error;
    }
    return { text: text.slice(0, limit), cut: true };
  }
}

function base64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) {
    binary += String.fromCharCode(byte);
  }
  return btoa(binary);
}
