/**
 * Which engine is spoken through: a Kubo, or the page itself. The files of the
 * two are different ones, so they are never swapped under the person: the one
 * that was used last stays, whether it answers or not.
 */
import type {
  EngineKind,
  IBrowserEngine,
  IIpfsEngine,
  IIpfsEngines,
  IIpfsStatus
} from '../tokens';
import type { Ipfs } from './service';

/** `auto`: what was used last; at first a Kubo that answers, else the page. */
export type EngineMode = 'auto' | EngineKind;

export interface IKubo extends IIpfsEngine {
  /** The person named its address: then it is told why it does not answer. */
  readonly named: boolean;
  /** Whether it is worth asking for more. */
  answers(): Promise<boolean>;
}

export interface IChoiceOptions {
  kubo: IKubo;
  openBrowser: () => Promise<IBrowserEngine>;
  /** Waits for the settings. */
  mode: () => Promise<EngineMode>;
  /** The engine that was used last in this browser. */
  memory: { last: EngineKind | null };
}

/** Where the drive keeps checkpoints and the like. */
const OWN_FOLDER = '.jupyterlab-web3';
/** Least time between two looks for a Kubo while the page is used, in ms. */
const LOOK_MS = 20_000;

export class Engines implements IIpfsEngines {
  constructor(private _options: IChoiceOptions) {
    this._watch(_options.kubo);
  }

  /** The one whom to tell; set right after both are made. */
  ipfs: Ipfs | null = null;

  get kubo(): IKubo {
    return this._options.kubo;
  }

  get found(): IIpfsStatus | null {
    const { status } = this.kubo;
    return this.ipfs?.engine.kind === 'browser' && status.state === 'online'
      ? status
      : null;
  }

  browser(): Promise<IBrowserEngine> {
    if (!this._browser) {
      this._browser = this._options.openBrowser();
      this._browser.catch(() => {
        // Whoever asked is told; a later try may do.
        this._browser = null;
      });
    }
    return this._browser;
  }

  /**
   * Decide, and have it used. Where the page may keep nothing, a Kubo that does
   * not answer is what there is.
   */
  async choose(): Promise<IIpfsEngine> {
    const engine = await this._pick();
    this._begin(engine);
    return engine;
  }

  async use(kind: EngineKind): Promise<void> {
    const engine = kind === 'kubo' ? this.kubo : await this.browser();
    this._options.memory.last = kind;
    this._begin(engine);
    await engine.refresh();
  }

  /** Another way to a Kubo was set; `choose` has it used. */
  setKubo(kubo: IKubo): void {
    this.kubo.statusChanged.disconnect(this._onKubo, this);
    this._options.kubo = kubo;
    this._watch(kubo);
  }

  /** Look for a Kubo, now and then, while the page itself is used. */
  async lookAround(): Promise<void> {
    if (
      this.ipfs?.engine.kind !== 'browser' ||
      Date.now() - this._looked < LOOK_MS ||
      (await this._options.mode()) !== 'auto'
    ) {
      return;
    }
    await this._look();
  }

  /** Whether a Kubo is there. */
  private async _look(): Promise<boolean> {
    this._looked = Date.now();
    const { kubo } = this;
    try {
      if (kubo.status.state !== 'online' && !(await kubo.answers())) {
        return false;
      }
    } catch (error) {
      console.debug('Nobody knows whether a Kubo is there', error);
      return false;
    }
    return (await kubo.refresh()).state === 'online';
  }

  private async _pick(): Promise<IIpfsEngine> {
    const { kubo } = this;
    const { memory } = this._options;
    const mode = await this._options.mode();
    if (mode === 'kubo' || (mode === 'auto' && memory.last === 'kubo')) {
      return kubo;
    }
    if (mode === 'browser') {
      return (await this._ifPossible()) ?? kubo;
    }
    if (memory.last === 'browser') {
      const browser = await this._ifPossible();
      if (browser && (await holdsFiles(browser))) {
        return browser;
      }
    }
    return (await this._look()) || kubo.named
      ? kubo
      : ((await this._ifPossible()) ?? kubo);
  }

  /** The page's own, or null where the browser gives it no place. */
  private async _ifPossible(): Promise<IBrowserEngine | null> {
    try {
      return await this.browser();
    } catch (error) {
      console.warn('This page can keep nothing by itself', error);
      return null;
    }
  }

  private _begin(engine: IIpfsEngine): void {
    if (engine.kind === 'browser') {
      this._options.memory.last = 'browser';
    }
    this.ipfs?.setEngine(engine);
    this._onKubo();
  }

  private _watch(kubo: IIpfsEngine): void {
    kubo.statusChanged.connect(this._onKubo, this);
  }

  private _onKubo(): void {
    const { kubo, ipfs } = this;
    if (ipfs?.engine === kubo) {
      if (kubo.status.state === 'online') {
        this._options.memory.last = 'kubo';
      }
    } else {
      ipfs?.tell();
    }
  }

  private _browser: Promise<IBrowserEngine> | null = null;
  private _looked = 0;
}

/** Whether there is anything that a person would miss. */
async function holdsFiles(engine: IIpfsEngine): Promise<boolean> {
  const entries = await engine.files.ls('/');
  return entries.some(entry => entry.name !== OWN_FOLDER);
}

/** Remembered by the browser for one Jupyter server. */
export class LastUsed {
  /** @param base - path of the server, of which several may share an origin */
  constructor(base: string) {
    this._key = `jupyterlab-web3:engine:${base}`;
  }

  get last(): EngineKind | null {
    const value = read(this._key);
    return value === 'kubo' || value === 'browser' ? value : null;
  }

  set last(kind: EngineKind | null) {
    if (kind === this.last) {
      return;
    }
    try {
      localStorage.setItem(this._key, kind ?? '');
    } catch (error) {
      // Full or forbidden: then it is found out again at the next start.
      console.debug('The engine in use is not remembered', error);
    }
  }

  private _key: string;
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch (error) {
    console.debug('The browser keeps nothing for this page', error);
    return null;
  }
}
