/**
 * An EIP-1193 wallet that does what a test says: refuse, hang, lie, switch.
 * What it approves goes to `backend`, which signs and sends.
 */
import type { IEip1193Provider } from '../../tokens';

export type Answer =
  | 'approve'
  /** The person says no: 4001. */
  | 'reject'
  /** The prompt stays open until `answerOpen`. */
  | 'open'
  /** Sent, but the page never hears of it. */
  | 'approve-and-go-silent'
  /** Sent with too little gas, so that it reverts. */
  | 'revert'
  /** Sent, then sped up by the person: another hash is mined. */
  | 'speed-up'
  /** Sent, then replaced by nothing of use with the same nonce. */
  | 'cancel-it';

export interface IWalletBackend extends IEip1193Provider {
  send(tx: Record<string, string>, how: Answer): Promise<string>;
}

export class ScriptedWallet implements IEip1193Provider {
  constructor(
    readonly backend: IWalletBackend,
    public account: string,
    public chainId: number
  ) {}

  /** Answers to the prompts to come; approved when it runs out. */
  script: Answer[] = [];
  /** Prompts shown, as methods. */
  shown: string[] = [];
  /** Prompts that the person said yes to. */
  approved = 0;
  connected = true;
  beforePrompt: ((method: string) => Promise<void>) | null = null;

  async request(args: {
    method: string;
    params?: readonly unknown[] | object;
  }): Promise<unknown> {
    switch (args.method) {
      case 'eth_accounts':
        return this.connected ? [this.account] : [];
      case 'eth_chainId':
        return '0x' + this.chainId.toString(16);
      case 'personal_sign':
      case 'eth_sendTransaction':
        return this._prompt(args);
      default:
        return this.backend.request(args);
    }
  }

  /** Answer the prompt that was left open. */
  async answerOpen(): Promise<void> {
    const open = this._open.shift();
    if (!open) {
      throw new Error('No prompt is open');
    }
    await open();
  }

  private async _prompt(args: {
    method: string;
    params?: readonly unknown[] | object;
  }): Promise<unknown> {
    await this.beforePrompt?.(args.method);
    this.shown.push(args.method);
    const answer = this.script.shift() ?? 'approve';
    if (answer === 'reject') {
      throw { code: 4001, message: 'User rejected the request.' };
    }
    if (answer === 'open') {
      return new Promise((resolve, reject) => {
        this._open.push(() => this._do(args, 'approve').then(resolve, reject));
      });
    }
    const result = await this._do(args, answer);
    return answer === 'approve-and-go-silent'
      ? new Promise(() => undefined)
      : result;
  }

  private async _do(
    args: { method: string; params?: readonly unknown[] | object },
    answer: Answer
  ): Promise<unknown> {
    this.approved++;
    if (args.method === 'personal_sign') {
      return this.backend.request(args);
    }
    const [tx] = args.params as [Record<string, string>];
    return this.backend.send(tx, answer);
  }

  private _open: (() => Promise<void>)[] = [];
}
