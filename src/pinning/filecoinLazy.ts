/**
 * Filecoin as the page starts with it: a name in the list of providers, and a
 * look at the deposit where something is paid for. All else is loaded when it is
 * first used.
 */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import {
  type ICommandPalette,
  MainAreaWidget,
  Notification
} from '@jupyterlab/apputils';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { TranslationBundle } from '@jupyterlab/translation';

import { CommandIDs, describedBy } from '../commands';
import type {
  IPinning,
  IPinProvider,
  IPinQuote,
  IPinReport,
  IPinRequest,
  IWallet
} from '../tokens';
import { PinningError, type PinningCode } from './errors';
import type { FilecoinProvider } from './filecoin';
import type { FilecoinPanel } from './filecoinStatus';
import { pinIcon } from './icons';

/** As they are now. */
export interface IFilecoinSettings {
  network: 'calibration' | 'mainnet';
  /** Days that a deposit pays ahead. */
  days: number;
}

export interface IFilecoinParts {
  pinning: IPinning;
  wallet: IWallet;
  trans: TranslationBundle;
  settings: IFilecoinSettings;
  /** Where it is noted that something was stored; the page's own when omitted. */
  store?: Pick<Storage, 'getItem' | 'setItem'>;
}

/** The plugin whose settings these are. */
const ROOM = 'jupyterlab-web3:pinning';
/** Set when somebody agreed to a quote: before, there is nothing to ask for. */
const USED = 'jupyterlab-web3:filecoin:used';
/** Milliseconds between two looks at the deposit. */
const LOOK_AGAIN = 6 * 60 * 60_000;

export class LazyFilecoin implements IPinProvider {
  constructor(private _o: IFilecoinParts) {
    this._store = _o.store ?? window.localStorage;
  }

  readonly id = 'filecoin';
  readonly label = 'Filecoin';
  readonly kind = 'filecoin';
  readonly takes = 'upload';

  get isUsed(): boolean {
    return this._store.getItem(USED) !== null;
  }

  /** The provider itself. */
  load(): Promise<FilecoinProvider> {
    this._loaded ??= this._load();
    return this._loaded;
  }

  quote(
    request: IPinRequest,
    o?: { signal?: AbortSignal }
  ): Promise<IPinQuote | null> {
    return this._run(provider => provider.quote(request, o));
  }

  agree(request: IPinRequest, o?: { signal?: AbortSignal }): Promise<boolean> {
    return this._run(async provider => {
      const agreed = await provider.agree(request, o);
      if (agreed) {
        this._store.setItem(USED, '1');
      }
      return agreed;
    });
  }

  pin(
    request: IPinRequest,
    o?: { signal?: AbortSignal; onProgress?: (bytes: number) => void }
  ): Promise<IPinReport> {
    return this._run(provider => provider.pin(request, o));
  }

  async status(
    pin: { cid: string; requestId?: string },
    o?: { signal?: AbortSignal }
  ): Promise<IPinReport | null> {
    return this.isUsed ? this._run(provider => provider.status(pin, o)) : null;
  }

  async agreeToEnd(pin: { cid: string }): Promise<boolean> {
    return !this.isUsed || this._run(provider => provider.agreeToEnd(pin));
  }

  async unpin(pin: { cid: string; requestId?: string }): Promise<void> {
    if (this.isUsed) {
      await this._run(provider => provider.unpin(pin));
    }
  }

  /** Errors as the queue and its panel take them: what passes, and words. */
  private async _run<T>(
    task: (provider: FilecoinProvider) => Promise<T>
  ): Promise<T> {
    const provider = await this.load();
    try {
      return await task(provider);
    } catch (error) {
      const [{ FilecoinError }, { errorWords }] = await Promise.all([
        import('./filecoinErrors'),
        import('./filecoinWords')
      ]);
      if (!(error instanceof FilecoinError)) {
        throw error;
      }
      const { trans } = this._o;
      const { title, meaning } = errorWords(trans, error.code);
      throw new PinningError(
        (error.retriable ? 'unreachable' : error.code) as PinningCode,
        trans.__('%1 %2', title, meaning),
        { cause: error }
      );
    }
  }

  private async _load(): Promise<FilecoinProvider> {
    try {
      const [{ createFilecoinProvider }, { filecoinPerson }] =
        await Promise.all([import('./filecoin'), import('./filecoinQuote')]);
      const { wallet, trans, settings } = this._o;
      return createFilecoinProvider({
        wallet,
        network: () => settings.network,
        days: () => settings.days,
        person: filecoinPerson(trans)
      });
    } catch (error) {
      // The network broke while it was loaded: the next use tries again.
      this._loaded = null;
      throw error;
    }
  }

  private _store: Pick<Storage, 'getItem' | 'setItem'>;
  private _loaded: Promise<FilecoinProvider> | null = null;
}

/**
 * Have Filecoin among the providers, with its command, and a warning before the
 * deposit of the account in use runs out.
 */
export function addFilecoin(
  o: Omit<IFilecoinParts, 'settings'> & {
    app: JupyterFrontEnd;
    palette: ICommandPalette | null;
    registry: ISettingRegistry | null;
  }
): LazyFilecoin {
  const { app, pinning, wallet, trans } = o;
  const { commands } = app;
  let panel: MainAreaWidget<FilecoinPanel> | null = null;
  // Without settings it stays the test network: real money takes a decision.
  const settings: IFilecoinSettings = { network: 'calibration', days: 30 };
  const read = o.registry?.load(ROOM).then(loaded => {
    const apply = (): void => {
      const { composite } = loaded;
      settings.network =
        composite.filecoinNetwork === 'mainnet' ? 'mainnet' : 'calibration';
      settings.days = Number(composite.filecoinDays ?? 30);
    };
    loaded.changed.connect(apply);
    apply();
  });
  read?.catch((reason: unknown) => {
    console.warn('Filecoin: its settings could not be read', reason);
  });
  const lazy = new LazyFilecoin({ ...o, settings });
  pinning.addProvider(lazy);

  commands.addCommand(CommandIDs.pinningFilecoin, {
    label: trans.__('Kept on Filecoin'),
    caption: trans.__(
      'What you store on Filecoin: its proofs, how long it is paid for, and ending it'
    ),
    describedBy: describedBy(CommandIDs.pinningFilecoin),
    icon: pinIcon,
    execute: async () => {
      const [provider, { FilecoinOverview }, { FilecoinPanel }] =
        await Promise.all([
          lazy.load(),
          import('./filecoinOverview'),
          import('./filecoinStatus')
        ]);
      if (!panel || panel.isDisposed) {
        const content = new FilecoinPanel(
          new FilecoinOverview(provider, cid => pinning.unpin(cid, lazy.id)),
          trans
        );
        panel = new MainAreaWidget({ content });
        panel.id = 'jp-web3-filecoin';
        panel.title.label = trans.__('Filecoin');
        panel.title.icon = pinIcon;
        panel.title.closable = true;
        app.shell.add(panel, 'main');
      }
      app.shell.activateById(panel.id);
      return null;
    }
  });
  o.palette?.addItem({
    command: CommandIDs.pinningFilecoin,
    category: trans.__('IPFS')
  });

  /** Account that was looked at last. */
  let seen: string | null = null;
  const look = async (): Promise<void> => {
    const { account } = wallet.state;
    if (!account || account === seen || !lazy.isUsed) {
      return;
    }
    seen = account;
    try {
      const provider = await lazy.load();
      const { WARN_DAYS } = await import('./filecoinCosts');
      const { daysLeft } = await provider.funds();
      if (daysLeft !== null && daysLeft <= WARN_DAYS) {
        Notification.warning(
          trans._n(
            'What you keep on Filecoin is paid for one more day.',
            'What you keep on Filecoin is paid for %1 more days.',
            daysLeft
          ),
          {
            autoClose: false,
            actions: [
              {
                label: trans.__('Look…'),
                callback: () => {
                  void commands.execute(CommandIDs.pinningFilecoin);
                }
              }
            ]
          }
        );
      }
    } catch (error) {
      // Without the chain nothing is known; it is looked at again later.
      console.info('Filecoin: the deposit could not be read', error);
    }
  };
  void Promise.allSettled([wallet.ready, read]).then(look);
  wallet.stateChanged.connect(() => void look());
  setInterval(() => {
    seen = null;
    void look();
  }, LOOK_AGAIN);
  return lazy;
}
