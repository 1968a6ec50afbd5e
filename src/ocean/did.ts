/** Identifiers of assets: `did:op:` up to records of version 4, `did:ope:` of version 5. */
export const DID_PATTERN = '^did:ope?:[0-9a-f]{64}$';

const DID = new RegExp(DID_PATTERN);

export function isDid(text: unknown): text is string {
  return typeof text === 'string' && DID.test(text);
}

/** The DID of which `did.slice(7)` is this, as ids of widgets end with. */
export function didWithTail(tail: string): string {
  return tail.startsWith(':') ? `did:ope${tail}` : `did:op:${tail}`;
}
