/** @jest-environment node */
import { commandSchemas } from '../../commandSchemas';
import { bookmarksIn } from '../../market/bookmarks';
import { memoryStore } from '../../market/__tests__/fakes';
import { findDid } from '../catalogue';
import { didWithTail, isDid } from '../did';

const hash = 'a1'.repeat(32);

test.each([`did:op:${hash}`, `did:ope:${hash}`])(
  '%s is found, opened, kept and restored',
  did => {
    expect(isDid(did)).toBe(true);
    expect(findDid(`see ${did}.`)).toBe(did);
    expect(didWithTail(did.slice(7))).toBe(did);
    expect(JSON.stringify(commandSchemas)).not.toContain('did:op:[');
    const notes = bookmarksIn(memoryStore());
    notes.toggle({ did, chainId: 1, name: 'A', type: 'dataset' } as never);
    expect(notes.has(did)).toBe(true);
  }
);

test.each(['did:op:1', `did:opx:${hash}`, `did:op:${hash}0`, null])(
  '%j is none',
  did => expect(isDid(did)).toBe(false)
);
