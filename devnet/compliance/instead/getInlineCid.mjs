/**
 * The suite makes CIDs of blocks that nobody has, which no service can pin, and yet
 * asks for those that are pinned: here a Kubo has them.
 */
import { given, original } from './original.mjs';

const { getInlineCid: make } = await original(import.meta.url);

export async function getInlineCid(value = process.hrtime().toString()) {
  const cid = await make(value);
  const form = new FormData();
  form.append('data', new Blob([value]));
  const response = await fetch(
    `${given.kubo}/api/v0/block/put?cid-codec=raw&mhtype=sha2-256`,
    { method: 'POST', body: form }
  );
  const { Key } = await response.json();
  if (Key !== cid) {
    throw new Error(`Kubo has ${Key} for ${cid}`);
  }
  return cid;
}
