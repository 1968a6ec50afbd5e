import type { JupyterFrontEnd } from '@jupyterlab/application';

interface IScriptedWallet {
  prompts: {
    method: string;
    params?: unknown[];
    outcome: string;
    ms?: number;
  }[];
  answers: (string | { code: number; message: string })[];
  /** Requests that wait for `release`. */
  held: unknown[];
  state: { account: string; chainId: string; connected: boolean };
  walletTime: number;
  switchAccount(account: string): void;
  switchChain(chainId: string): void;
  lock(): void;
  release(answer?: string): void;
}

declare global {
  // eslint-disable-next-line @typescript-eslint/naming-convention
  interface Window {
    jupyterapp: JupyterFrontEnd;
    scriptedWallet: IScriptedWallet;
  }
}
