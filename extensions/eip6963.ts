/**
 * Announcing a wallet to the page (EIP-6963): compiled into each of the wallets
 * here, which are installed apart from one another.
 */

export interface IAnnouncement {
  name: string;
  rdns: string;
  /** The markup of an svg. */
  icon: string;
}

/**
 * Announce a provider, now and whenever a page asks.
 *
 * @returns a function that ends it
 */
export function announce(
  { name, rdns, icon }: IAnnouncement,
  provider: object,
  target: EventTarget = window
): () => void {
  const detail = Object.freeze({
    info: Object.freeze({
      uuid: uuid(),
      name,
      icon: `data:image/svg+xml,${encodeURIComponent(icon)}`,
      rdns
    }),
    provider
  });
  const tell = (): void => {
    target.dispatchEvent(
      new CustomEvent('eip6963:announceProvider', { detail })
    );
  };
  target.addEventListener('eip6963:requestProvider', tell);
  tell();
  return () => target.removeEventListener('eip6963:requestProvider', tell);
}

/** A random UUID (v4); `crypto.randomUUID` needs a secure context. */
function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0'))
    .join('')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
