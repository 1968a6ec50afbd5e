/**
 * A scripted EIP-6963 wallet for tests and benchmarks: it signs with the local
 * chain's unlocked accounts and does what the test tells it, also to refuse, to
 * leave a prompt open, to switch account or chain under the page's feet.
 *
 * Add it before the page loads: `context.addInitScript(scriptedWallet, options)`.
 * It runs in the page; tests reach it as `window.scriptedWallet`.
 *
 * @param {object} options
 * @param {string} options.rpc - JSON-RPC URL of the local chain
 * @param {string} options.chainId - hex quantity
 * @param {string[]} options.accounts - unlocked accounts, the first one is in use
 * @param {string} [options.name]
 * @param {string} [options.rdns]
 * @param {string} [options.icon]
 */
export function scriptedWallet(options) {
  const PROMPTS = [
    'eth_requestAccounts',
    'eth_sendTransaction',
    'personal_sign',
    'eth_signTypedData_v4',
    'wallet_switchEthereumChain',
    'wallet_addEthereumChain'
  ];
  const KEY = `scripted-wallet:${options.rdns ?? ''}`;
  const listeners = new Map();
  // What a wallet keeps for itself outlives the page.
  const saved = JSON.parse(localStorage.getItem(KEY) ?? '{}');
  const state = {
    account: saved.account ?? options.accounts[0],
    chainId: saved.chainId ?? options.chainId,
    connected: saved.connected ?? false
  };
  const save = () => localStorage.setItem(KEY, JSON.stringify(state));
  const emit = (event, value) => {
    for (const listener of listeners.get(event) ?? []) {
      listener(value);
    }
  };
  const fail = (code, message) => Object.assign(new Error(message), { code });

  async function chain(method, params) {
    const response = await fetch(options.rpc, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method,
        params: params ?? []
      })
    });
    const { result, error } = await response.json();
    if (error) {
      throw Object.assign(new Error(error.message), {
        code: error.code,
        data: error.data
      });
    }
    return result;
  }

  const wallet = {
    /** Every prompt, in order: {method, params, outcome, ms}. */
    prompts: [],
    /** Answers for the next prompts: 'approve' | 'reject' | 'hold' | {code, message}. */
    answers: [],
    held: [],
    /** Milliseconds that prompts took: what is not the page's to save. */
    get walletTime() {
      return wallet.prompts.reduce((sum, prompt) => sum + (prompt.ms ?? 0), 0);
    },
    switchAccount(account) {
      state.account = account;
      save();
      emit('accountsChanged', state.connected ? [account] : []);
    },
    switchChain(chainId) {
      state.chainId = chainId;
      save();
      emit('chainChanged', chainId);
    },
    lock() {
      state.connected = false;
      save();
      emit('accountsChanged', []);
    },
    /** Answer the prompts that were held. */
    release(answer = 'approve') {
      for (const resolve of wallet.held.splice(0)) {
        resolve(answer);
      }
    }
  };

  async function answer(method, params) {
    switch (method) {
      case 'eth_requestAccounts':
        state.connected = true;
        save();
        return [state.account];
      case 'eth_accounts':
        return state.connected ? [state.account] : [];
      case 'eth_chainId':
        return state.chainId;
      case 'wallet_revokePermissions':
        state.connected = false;
        save();
        return null;
      case 'wallet_addEthereumChain':
        return null;
      case 'wallet_switchEthereumChain':
        if (params[0].chainId !== options.chainId) {
          throw fail(4902, 'Unrecognized chain ID');
        }
        wallet.switchChain(params[0].chainId);
        return null;
      default:
        return chain(method, params);
    }
  }

  const provider = {
    async request({ method, params }) {
      if (!PROMPTS.includes(method)) {
        return answer(method, params);
      }
      const prompt = { method, params, outcome: 'open' };
      wallet.prompts.push(prompt);
      const start = performance.now();
      try {
        let decision = wallet.answers.shift() ?? 'approve';
        if (decision === 'hold') {
          decision = await new Promise(resolve => wallet.held.push(resolve));
        }
        if (decision === 'reject') {
          throw fail(4001, 'User rejected the request.');
        }
        if (typeof decision === 'object') {
          throw fail(decision.code, decision.message);
        }
        const result = await answer(method, params);
        prompt.outcome = 'approved';
        prompt.result = result;
        return result;
      } catch (error) {
        prompt.outcome = 'failed';
        throw error;
      } finally {
        prompt.ms = performance.now() - start;
      }
    },
    on(event, listener) {
      listeners.set(event, [...(listeners.get(event) ?? []), listener]);
      return provider;
    },
    removeListener(event, listener) {
      listeners.set(
        event,
        (listeners.get(event) ?? []).filter(entry => entry !== listener)
      );
      return provider;
    }
  };

  const detail = Object.freeze({
    info: Object.freeze({
      uuid: options.uuid ?? '6ba7b810-9dad-41d1-80b4-00c04fd430c8',
      name: options.name ?? 'Scripted wallet',
      rdns: options.rdns ?? 'test.scripted.wallet',
      icon:
        options.icon ??
        'data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4='
    }),
    provider
  });
  const announce = () =>
    window.dispatchEvent(
      new CustomEvent('eip6963:announceProvider', { detail })
    );
  window.addEventListener('eip6963:requestProvider', announce);
  announce();
  window.scriptedWallet = Object.assign(wallet, { state });
}
