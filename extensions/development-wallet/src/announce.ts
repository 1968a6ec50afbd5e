/**
 * EIP-6963 announcement.
 */
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="96" height="96"><rect width="24" height="24" rx="5" fill="#616161"/><path d="M9 4v5.2L4.7 17A2 2 0 0 0 6.4 20h11.2a2 2 0 0 0 1.7-3L15 9.2V4M7.8 4h8.4M7.4 14h9.2" fill="none" stroke="#fff" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/></svg>`;

/** Announce a provider, now and whenever a page asks. */
export function announce(
  provider: object,
  target: EventTarget = window
): () => void {
  const detail = Object.freeze({
    info: Object.freeze({
      uuid: crypto.randomUUID?.() ?? fallbackUuid(),
      name: 'Development wallet',
      icon: `data:image/svg+xml,${encodeURIComponent(ICON)}`,
      rdns: 'dev.jupyterlab-web3.wallet'
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

/** `randomUUID` is missing outside of secure contexts (http to another host). */
function fallbackUuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, byte => byte.toString(16).padStart(2, '0'));
  return [
    hex.slice(0, 4),
    hex.slice(4, 6),
    hex.slice(6, 8),
    hex.slice(8, 10),
    hex.slice(10)
  ]
    .map(part => part.join(''))
    .join('-');
}
