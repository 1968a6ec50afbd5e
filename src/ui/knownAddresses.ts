/**
 * Addresses that the person has to do with, and those made to be taken for one
 * of them. People look at the first and last digits of an address; whoever wants
 * to be mistaken for it tries keys until just these agree ("address poisoning").
 */
import { Signal, type ISignal } from '@lumino/signaling';

/** Accounts of the person, tokens and contracts of the networks, sellers. */
export type KnownKind = 'own' | 'network' | 'seller';

export interface IKnownAddress {
  address: string;
  kind: KnownKind;
}

const ADDRESS = /^0x[0-9a-f]{40}$/;

/** Digits at either end that are compared. */
const ENDS = 4;

const endsOf = (address: string): string =>
  address.slice(2, 2 + ENDS) + address.slice(-ENDS);

/**
 * The first of some addresses that an address looks like at both ends without
 * being it; null where there is none, or it is no address. Case does not count.
 */
export function lookAlike(
  address: string,
  known: Iterable<string>
): string | null {
  const lower = address.toLowerCase();
  if (!ADDRESS.test(lower)) {
    return null;
  }
  for (const one of known) {
    const other = one.toLowerCase();
    if (
      ADDRESS.test(other) &&
      other !== lower &&
      endsOf(other) === endsOf(lower)
    ) {
      return one;
    }
  }
  return null;
}

/** Which addresses are known, by how; one for the page. */
export class KnownAddresses {
  /** Others are known than before. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Say which addresses are known in a way; what is no address is left out. */
  set(kind: KnownKind, addresses: Iterable<string>): void {
    const named = new Map<string, string>();
    for (const address of addresses) {
      if (ADDRESS.test(address.toLowerCase())) {
        named.set(address.toLowerCase(), address);
      }
    }
    const before = this._known.get(kind);
    const same =
      before?.size === named.size &&
      [...named.keys()].every(address => before.has(address));
    if (same) {
      return;
    }
    this._known.set(kind, named);
    this._byEnds.clear();
    for (const [of, all] of this._known) {
      for (const [lower, address] of all) {
        const ends = endsOf(lower);
        const others = this._byEnds.get(ends) ?? [];
        this._byEnds.set(ends, [...others, { address, kind: of }]);
      }
    }
    this._changed.emit();
  }

  /**
   * The known address that another one looks like; null for nearly all.
   *
   * An account of the person's own and what the settings name is never
   * doubted. A seller is: something may have been bought from an impostor.
   */
  similarTo(address: string): IKnownAddress | null {
    const lower = address.toLowerCase();
    if (this._is('own', lower) || this._is('network', lower)) {
      return null;
    }
    const near = ADDRESS.test(lower) ? this._byEnds.get(endsOf(lower)) : null;
    return near?.find(one => one.address.toLowerCase() !== lower) ?? null;
  }

  private _is(kind: KnownKind, lower: string): boolean {
    return this._known.get(kind)?.has(lower) ?? false;
  }

  private _known = new Map<KnownKind, Map<string, string>>();
  private _byEnds = new Map<string, IKnownAddress[]>();
  private _changed = new Signal<this, void>(this);
}

/** Those of this page. */
export const knownAddresses = new KnownAddresses();
