/**
 * Wallets of this browser, by EIP-6963. What they announce is untrusted: any
 * extension or script may announce anything, under anybody's name.
 */
import { Signal, type ISignal } from '@lumino/signaling';

import type { IEip1193Provider, IWalletInfo } from '../tokens';

/** A wallet and the provider that came with it. */
export interface IDiscoveredWallet {
  readonly info: IWalletInfo;
  readonly provider: IEip1193Provider;
}

const MAX_NAME = 40;
/** Characters of a data URI; MetaMask's icon has about 2,000. */
const MAX_ICON = 64 * 1024;
/** A page that announces in a loop must not fill memory or panel. */
const MAX_WALLETS = 32;

const ICON =
  /^data:image\/(?:png|svg\+xml|webp|jpeg|gif)(?:;[a-z0-9-]+(?:=[a-z0-9-]+)?)*,[\x21-\x7e ]+$/i;
const RDNS = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i;
// Control characters, and marks that reverse or hide text.
const INVISIBLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/**
 * The icon if it is an image as a data URI of bounded length, else null. To be
 * shown by `<img>` alone, where an SVG can neither run scripts nor load
 * anything (EIP-6963, "Security Considerations").
 */
export function safeIcon(icon: unknown): string | null {
  return typeof icon === 'string' && icon.length <= MAX_ICON && ICON.test(icon)
    ? icon
    : null;
}

/** A name as one line of visible text, at most 40 characters. */
export function safeName(name: unknown): string {
  if (typeof name !== 'string') {
    return '';
  }
  const clean = name
    .slice(0, 1000)
    .replace(/\s+/g, ' ')
    .replace(INVISIBLE, '')
    .trim();
  const characters = Array.from(clean);
  return characters.length > MAX_NAME
    ? `${characters.slice(0, MAX_NAME - 1).join('')}…`
    : clean;
}

/**
 * What an `eip6963:announceProvider` event says, checked; null when it is not
 * usable (no provider, no name, an rdns that is no reverse domain name).
 */
export function readAnnouncement(detail: unknown): IDiscoveredWallet | null {
  if (typeof detail !== 'object' || detail === null) {
    return null;
  }
  const { info, provider } = detail as Record<string, unknown>;
  if (
    typeof info !== 'object' ||
    info === null ||
    typeof provider !== 'object' ||
    provider === null ||
    typeof (provider as Partial<IEip1193Provider>).request !== 'function'
  ) {
    return null;
  }
  const { uuid, name, rdns, icon } = info as Record<string, unknown>;
  const clean = safeName(name);
  if (
    typeof uuid !== 'string' ||
    uuid.length < 1 ||
    uuid.length > 100 ||
    typeof rdns !== 'string' ||
    rdns.length > 253 ||
    !RDNS.test(rdns) ||
    !clean
  ) {
    return null;
  }
  return {
    info: Object.freeze({ uuid, name: clean, rdns, icon: safeIcon(icon) }),
    provider: provider as IEip1193Provider
  };
}

/**
 * Collects announcements for as long as it lives. The first announcement of a
 * uuid stands; two wallets of one rdns are both kept (which one is meant, only
 * the person can tell).
 */
export class WalletDiscovery {
  constructor(private _target: EventTarget = window) {
    _target.addEventListener('eip6963:announceProvider', this._onAnnounce);
    this.request();
  }

  /** In the order of their announcements. */
  get found(): readonly IDiscoveredWallet[] {
    return this._found;
  }

  get changed(): ISignal<this, IDiscoveredWallet> {
    return this._changed;
  }

  /** Ask wallets to announce themselves (again). */
  request(): void {
    this._target.dispatchEvent(new Event('eip6963:requestProvider'));
  }

  /** By uuid, else all of an rdns. */
  find(id: string): IDiscoveredWallet[] {
    const exact = this._found.filter(wallet => wallet.info.uuid === id);
    return exact.length
      ? exact
      : this._found.filter(wallet => wallet.info.rdns === id);
  }

  dispose(): void {
    this._target.removeEventListener(
      'eip6963:announceProvider',
      this._onAnnounce
    );
    Signal.clearData(this);
  }

  private _onAnnounce = (event: Event): void => {
    const wallet = readAnnouncement((event as CustomEvent<unknown>).detail);
    if (
      !wallet ||
      this._found.length >= MAX_WALLETS ||
      this._found.some(known => known.info.uuid === wallet.info.uuid)
    ) {
      return;
    }
    this._found = [...this._found, wallet];
    this._changed.emit(wallet);
  };

  private _found: readonly IDiscoveredWallet[] = [];
  private _changed = new Signal<this, IDiscoveredWallet>(this);
}
