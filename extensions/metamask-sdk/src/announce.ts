/**
 * EIP-6963 announcement.
 */
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="96" height="96"><rect width="24" height="24" rx="5" fill="#616161"/><path d="M8.5 4h7a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1h-7a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1zM11 17.5h2" fill="none" stroke="#fff" stroke-width="1.6" stroke-linecap="round"/></svg>`;

/** A random UUID (v4); `crypto.randomUUID` needs a secure context. */
function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0'))
    .join('')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Announce a provider, now and whenever a page asks. */
export function announce(
  provider: object,
  target: EventTarget = window
): () => void {
  const detail = Object.freeze({
    info: Object.freeze({
      uuid: uuid(),
      name: 'Phone (QR)',
      icon: `data:image/svg+xml,${encodeURIComponent(ICON)}`,
      rdns: 'dev.jupyterlab-web3.phone'
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
