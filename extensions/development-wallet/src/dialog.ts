/**
 * The wallet's window: one request at a time, at the top right as wallets do.
 * It is no modal dialog; the page goes on, as it does beside a real wallet.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import type { Answer, WalletRequest } from './requests';

interface IWaiting {
  request: WalletRequest;
  answer: (answer: Answer) => void;
}

/** Asks for requests one by one, in their order. */
export class ConfirmationQueue {
  constructor(private _trans: TranslationBundle) {}

  confirm = (request: WalletRequest): Promise<Answer> =>
    new Promise(answer => {
      this._waiting.push({ request, answer });
      this._show();
    });

  private _show(): void {
    const next = this._waiting[0];
    if (!next) {
      return;
    }
    if (this._window) {
      this._window.setWaiting(this._waiting.length - 1);
      return;
    }
    const trans = this._trans;
    const window = new ConfirmationWindow(next.request, trans, answer => {
      this._waiting.shift();
      this._window = null;
      window.dispose();
      next.answer(answer);
      this._show();
    });
    this._window = window;
    window.setWaiting(this._waiting.length - 1);
    Widget.attach(window, document.body);
    window.focus();
  }

  private _waiting: IWaiting[] = [];
  private _window: ConfirmationWindow | null = null;
}

/** Wei as ether, exactly. */
export function ether(wei: bigint): string {
  const digits = wei.toString().padStart(19, '0');
  const fraction = digits.slice(-18).replace(/0+$/, '');
  return digits.slice(0, -18) + (fraction && `.${fraction}`);
}

function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  options: { className?: string; text?: string } = {}
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  if (options.className) {
    node.className = options.className;
  }
  if (options.text !== undefined) {
    node.textContent = options.text;
  }
  return node;
}

class ConfirmationWindow extends Widget {
  constructor(
    private _request: WalletRequest,
    private _trans: TranslationBundle,
    private _answer: (answer: Answer) => void
  ) {
    super();
    this.addClass('jp-web3-devWallet');
    this.node.setAttribute('role', 'dialog');
    this.node.setAttribute('aria-label', _trans.__('Development wallet'));
    this._build();
  }

  setWaiting(count: number): void {
    this._more.textContent = count
      ? this._trans._n('%1 more request', '%1 more requests', count)
      : '';
  }

  focus(): void {
    this._confirm.focus();
  }

  private _build(): void {
    const trans = this._trans;
    this.node.append(
      element('div', {
        className: 'jp-web3-devWallet-notice',
        text: trans.__('Development wallet · test money only')
      }),
      element('h2', { text: this._title() }),
      ...this._body(),
      this._more
    );
    const buttons = element('div', { className: 'jp-web3-devWallet-buttons' });
    const reject = element('button', {
      className: 'jp-mod-styled jp-mod-reject',
      text: trans.__('Reject')
    });
    reject.type = 'button';
    reject.onclick = () => this._answer(null);
    this._confirm.type = 'button';
    this._confirm.textContent = trans.__('Confirm');
    this._confirm.onclick = () =>
      this._answer(this._picked ? { account: this._picked } : {});
    buttons.append(reject, this._confirm);
    this.node.append(buttons);
  }

  private _title(): string {
    const trans = this._trans;
    switch (this._request.kind) {
      case 'connect':
        return trans.__('Connect to this page');
      case 'switch-account':
        return trans.__('Use another account');
      case 'sign-message':
      case 'sign-typed-data':
        return trans.__('Signature request');
      case 'transaction':
        return trans.__('Transaction');
    }
  }

  private _body(): HTMLElement[] {
    const trans = this._trans;
    const request = this._request;
    switch (request.kind) {
      case 'connect':
      case 'switch-account':
        return [this._picker(request)];
      case 'sign-message':
        return [
          this._facts([[trans.__('Account'), request.account]]),
          element('p', {
            text:
              request.text === null
                ? trans.__('Bytes that are no text, shown as hex:')
                : trans.__('Message:')
          }),
          element('pre', { text: request.text ?? request.hex })
        ];
      case 'sign-typed-data':
        return [
          this._facts([[trans.__('Account'), request.account]]),
          element('pre', { text: request.text })
        ];
      case 'transaction':
        return this._transaction(request);
    }
  }

  private _transaction(
    request: Extract<WalletRequest, { kind: 'transaction' }>
  ): HTMLElement[] {
    const trans = this._trans;
    const body: HTMLElement[] = [
      this._facts([
        [trans.__('From'), request.account],
        [trans.__('To'), request.to ?? trans.__('(a new contract)')],
        [trans.__('Value'), `${ether(request.value)} ETH`],
        [
          trans.__('Function'),
          request.method ??
            (request.data === '0x'
              ? trans.__('(plain transfer)')
              : request.data.slice(0, 10))
        ],
        [
          trans.__('Gas'),
          request.gas === null
            ? trans.__('unknown')
            : trans.__('about %1', request.gas.toString())
        ],
        [
          trans.__('Fee'),
          request.fee === null
            ? trans.__('unknown')
            : trans.__('at most %1 ETH', ether(request.fee))
        ]
      ])
    ];
    if (request.failure !== null) {
      const warning = element('p', {
        className: 'jp-web3-devWallet-warning',
        text: trans.__('This will probably fail: %1', request.failure)
      });
      warning.setAttribute('role', 'alert');
      body.push(warning);
    }
    if (request.data !== '0x') {
      const details = element('details');
      details.append(
        element('summary', { text: trans.__('Data') }),
        element('pre', { text: request.data })
      );
      body.push(details);
    }
    return body;
  }

  private _picker(
    request: Extract<WalletRequest, { accounts: unknown }>
  ): HTMLElement {
    const group = element('fieldset');
    group.append(element('legend', { text: this._trans.__('Account') }));
    this._picked = request.selected;
    for (const [index, account] of request.accounts.entries()) {
      const label = element('label');
      const input = element('input');
      input.type = 'radio';
      input.name = `jp-web3-devWallet-${this.id}`;
      input.value = account.address;
      input.checked = account.address === request.selected;
      input.onchange = () => (this._picked = account.address);
      label.append(
        input,
        element('span', {
          text: account.name ?? this._trans.__('Account %1', index + 1)
        }),
        element('code', { text: account.address })
      );
      group.append(label);
    }
    return group;
  }

  private _facts(rows: [string, string][]): HTMLElement {
    const list = element('dl');
    for (const [name, value] of rows) {
      list.append(
        element('dt', { text: name }),
        element('dd', { text: value })
      );
    }
    return list;
  }

  private _picked: string | null = null;
  private _more = element('p', { className: 'jp-web3-devWallet-more' });
  private _confirm = element('button', {
    className: 'jp-mod-styled jp-mod-accept'
  });
}
