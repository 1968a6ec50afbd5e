/** Test accounts of the local chain, from the mnemonic that every such chain uses. */
import { HDNodeWallet } from 'ethers';

/** Known to everybody: never for anything of worth. */
export const MNEMONIC =
  'test test test test test test test test test test test junk';
/** Given to the person; the last one of the chain deploys, so their nonces stay 0. */
export const ACCOUNTS = 8;
export const DEPLOYER = 9;

const derive = index =>
  HDNodeWallet.fromPhrase(MNEMONIC, undefined, `m/44'/60'/0'/0/${index}`);

/** @returns {Array<{address: string, privateKey: string}>} */
export function developmentAccounts() {
  return Array.from({ length: ACCOUNTS }, (_, index) => {
    const { address, privateKey } = derive(index);
    return { address, privateKey };
  });
}

export const deployerKey = () => derive(DEPLOYER).privateKey;
