/** The way from an asset's page to where it is looked after, for who may do that. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { codeOf } from './errors';
import { didOf } from '../ocean/ddo';
import { rightsOf } from '../ocean/states';
import type { IWallet } from '../tokens';
import type { IAsset } from './ports';

/**
 * Whether an account may change anything of an asset, by the asset's contract
 * (`ownerOf` of ERC-721, `getPermissions` of ERC721Template): an index forgets
 * the owner at every change of state, and may say what it likes.
 *
 * @throws OceanError chain-unreachable, chain-error
 */
export async function mayManage(
  wallet: Pick<IWallet, 'network' | 'reader'>,
  asset: Pick<IAsset, 'did' | 'chainId' | 'nftAddress'>,
  account: string
): Promise<boolean> {
  const { did, chainId, nftAddress } = asset;
  if (!wallet.network(chainId) || (await didOf(nftAddress, chainId)) !== did) {
    return false;
  }
  try {
    const rights = await rightsOf(wallet.reader(chainId), nftAddress, account);
    return rights.owner || rights.metadata || rights.sale;
  } catch (reason) {
    if (codeOf(reason) === 'tx-reverted') {
      // No such contract.
      return false;
    }
    throw reason;
  }
}

export function ManageButton(props: {
  asset: IAsset;
  wallet: IWallet;
  trans: TranslationBundle;
  onClick: () => void;
}): React.JSX.Element | null {
  const { asset, wallet, trans, onClick } = props;
  const { account } = wallet.state;
  const [may, setMay] = React.useState<string | null>(null);
  React.useEffect(() => {
    let current = true;
    if (account) {
      mayManage(wallet, asset, account).then(
        answer => current && setMay(answer ? account : null),
        (reason: unknown) => {
          // Nothing could be changed over such a line either.
          console.warn('Who may manage the asset is not known', reason);
        }
      );
    }
    return () => {
      current = false;
    };
  }, [account, asset, wallet]);
  return account !== null && may === account ? (
    <button type="button" className="jp-mod-styled" onClick={onClick}>
      {trans.__('Manage')}
    </button>
  ) : null;
}
