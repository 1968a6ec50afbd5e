/**
 * The Web Lock under which an asset is changed on its chain: by its owner's page
 * and by a job that publishes a new version of it, in whatever tab.
 *
 * @param subject - address of the asset's NFT, or of a list
 */
export const assetLock = (chainId: number, subject: string): string =>
  `jupyterlab-web3:change:${chainId}:${subject.toLowerCase()}`;
