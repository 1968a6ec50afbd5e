import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import { CommandIDs, describedBy } from '../commands';
import type { IWallet } from '../tokens';
import { NotConnectedError, toWalletError } from './errors';
import { walletIcon } from './icons';

interface IResult {
  [key: string]: string | number | boolean | null;
  account: string | null;
  chainId: number | null;
  signedIn: boolean;
}

/** Add the commands `wallet:*` of src/commands.ts. */
export function addWalletCommands(
  commands: CommandRegistry,
  wallet: IWallet,
  trans: TranslationBundle
): void {
  const result = (): IResult => ({
    account: wallet.state.account,
    chainId: wallet.state.chainId,
    signedIn: wallet.state.session !== null
  });

  /** Choose among labels; null when the person doesn't. */
  const choose = async <T>(
    title: string,
    label: string,
    items: readonly T[],
    text: (item: T) => string
  ): Promise<T | null> => {
    const { InputDialog } = await import('@jupyterlab/apputils');
    const answer = await InputDialog.getItem({
      title,
      label,
      // Numbered where two read the same (two wallets of one name).
      items: items.map((item, index) =>
        items.some((other, at) => at !== index && text(other) === text(item))
          ? `${text(item)} (${index + 1})`
          : text(item)
      ),
      okLabel: title
    });
    const index = answer.button.accept ? answerIndex(answer.value) : -1;
    return index < 0 ? null : items[index];

    function answerIndex(value: string | null): number {
      return items.findIndex(
        (item, at) =>
          text(item) === value || `${text(item)} (${at + 1})` === value
      );
    }
  };

  /** Connected when it returns true; false: the person did not want to. */
  const connect = async (rdns?: string): Promise<boolean> => {
    await wallet.ready;
    let id = rdns;
    if (
      id === undefined &&
      !wallet.state.account &&
      wallet.wallets.length > 1
    ) {
      const chosen = await choose(
        trans.__('Connect'),
        trans.__('Wallet'),
        wallet.wallets,
        info => info.name
      );
      if (!chosen) {
        return false;
      }
      id = chosen.uuid;
    }
    await wallet.connect(id);
    return true;
  };

  /** A refusal is an answer; everything else is told and thrown. */
  const guarded = async <T>(
    work: () => Promise<T | null>
  ): Promise<T | null> => {
    try {
      return await work();
    } catch (reason) {
      const error = toWalletError(reason);
      if (error.code === 'rejected') {
        return null;
      }
      const [{ Notification }, { walletWords }] = await Promise.all([
        import('@jupyterlab/apputils'),
        import('./words')
      ]);
      Notification.error(walletWords(error, trans, wallet.state.wallet?.name), {
        autoClose: 10_000
      });
      throw error;
    }
  };

  commands.addCommand(CommandIDs.walletConnect, {
    label: trans.__('Connect Wallet'),
    caption: trans.__('Log in with a wallet of this browser'),
    icon: walletIcon,
    describedBy: describedBy(CommandIDs.walletConnect),
    execute: args =>
      guarded(async () => {
        const rdns = args.wallet as string | undefined;
        if (!(await connect(rdns))) {
          return null;
        }
        const { account, chainId } = result();
        return { account, chainId };
      })
  });

  commands.addCommand(CommandIDs.walletDisconnect, {
    label: trans.__('Disconnect Wallet'),
    caption: trans.__('Log out and make the wallet forget this page'),
    describedBy: describedBy(CommandIDs.walletDisconnect),
    isEnabled: () => wallet.state.status !== 'disconnected',
    execute: () =>
      guarded(async () => {
        await wallet.disconnect();
        return result();
      })
  });

  commands.addCommand(CommandIDs.walletSignIn, {
    label: trans.__('Sign in with Wallet'),
    caption: trans.__(
      'Prove that the account is yours by a signature. It costs nothing.'
    ),
    describedBy: describedBy(CommandIDs.walletSignIn),
    execute: args =>
      guarded(async () => {
        if (!(await connect())) {
          return null;
        }
        const chainId = args.chainId as number | undefined;
        if (chainId !== undefined && chainId !== wallet.state.chainId) {
          await wallet.switchNetwork(chainId);
        }
        if (!wallet.state.session) {
          await wallet.signIn();
        }
        return result();
      })
  });

  commands.addCommand(CommandIDs.walletSwitchNetwork, {
    label: trans.__('Switch Network'),
    caption: trans.__('Switch the wallet to another network'),
    describedBy: describedBy(CommandIDs.walletSwitchNetwork),
    isEnabled: () => wallet.state.account !== null,
    execute: args =>
      guarded(async () => {
        await wallet.ready;
        if (!wallet.state.account) {
          throw new NotConnectedError();
        }
        let chainId = args.chainId as number | undefined;
        if (chainId === undefined) {
          const network = await choose(
            trans.__('Switch'),
            trans.__('Network'),
            wallet.networks,
            ({ name, testnet, local }) =>
              testnet && !local ? trans.__('%1 (test network)', name) : name
          );
          if (!network) {
            return null;
          }
          chainId = network.chainId;
        }
        if (chainId !== wallet.state.chainId) {
          await wallet.switchNetwork(chainId);
        }
        return result();
      })
  });

  const refresh = (): void => commands.notifyCommandChanged();
  wallet.stateChanged.connect(refresh);
}

/** The commands, for the palette. */
export const WALLET_COMMANDS = [
  CommandIDs.walletConnect,
  CommandIDs.walletDisconnect,
  CommandIDs.walletSignIn,
  CommandIDs.walletSwitchNetwork
] as const;
