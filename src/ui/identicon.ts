/**
 * The blocky picture by which people recognise an address at a glance.
 */

/**
 * A PNG data URI; the same picture that MetaMask and block explorers draw for
 * an address (they seed it with its lower case).
 */
export async function identicon(address: string): Promise<string> {
  const { create } = await import('blockies-ts');
  return create({ seed: address.toLowerCase(), size: 8, scale: 4 }).toDataURL();
}
