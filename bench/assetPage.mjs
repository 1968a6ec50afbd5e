/**
 * Opening the page of an asset until its price is to be seen, beside the bare
 * questions that this takes, from the same page.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium } from '@playwright/test';
import { Interface } from 'ethers';

import { startStack } from '../devnet/stack.mjs';
import { findChromium } from '../tools/chromium.mjs';
import { CHROMIUM_ARGS, execute, openLab } from '../ui-tests/lab.mjs';
import { scriptedWallet } from '../ui-tests/wallet.mjs';
import { median } from './page.mjs';

const abi = new Interface([
  'function getId() view returns (uint8)',
  'function getFixedRates() view returns (tuple(address contractAddress, bytes32 id)[])',
  'function getDispensers() view returns (address[])',
  'function getPublishingMarketFee() view returns (address, address, uint256)',
  'function getExchange(bytes32) view returns (address)',
  'function calcBaseInGivenOutDT(bytes32, uint256, uint256) view returns (uint256, uint256, uint256, uint256)'
]);

/** In the page: open an asset; milliseconds until its price is drawn. */
function opened(did) {
  return new Promise((resolve, reject) => {
    const since = performance.now();
    const late = setTimeout(
      () => reject(new Error(`No price of ${did}`)),
      20_000
    );
    const look = () => {
      const shown = [
        ...document.querySelectorAll('.jp-web3-asset-actions button')
      ].some(
        button =>
          button.checkVisibility() && button.textContent.startsWith('Buy for')
      );
      if (shown) {
        observer.disconnect();
        clearTimeout(late);
        requestAnimationFrame(() => resolve(performance.now() - since));
      }
    };
    const observer = new MutationObserver(look);
    observer.observe(document.body, { childList: true, subtree: true });
    globalThis.jupyterapp.commands
      .execute('market:asset', { did })
      .catch(reject);
  });
}

/** In the page: the record, then what the chain says of its price; milliseconds. */
async function asked({ did, calls }) {
  const { baseUrl } = globalThis.jupyterapp.serviceManager.serverSettings;
  const [, xsrf] = /(?:^|; )_xsrf=([^;]*)/.exec(document.cookie) ?? [];
  const post = async ({ to, data }) => {
    const response = await fetch(`${baseUrl}web3/chain`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-XSRFToken': xsrf },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'eth_call',
        params: [{ to, data }, 'latest']
      })
    });
    const { result, error } = await response.json();
    if (error || !response.ok) {
      throw new Error(error?.message ?? String(response.status));
    }
    return result;
  };
  const since = performance.now();
  const record = await fetch(
    `${baseUrl}web3/ocean/api/aquarius/assets/ddo/${encodeURIComponent(did)}`
  );
  await record.json();
  for (const together of calls) {
    await Promise.all(together.map(post));
  }
  return performance.now() - since;
}

export async function run({ report, runs, only, say }) {
  if (only && only !== 'asset-page') {
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'web3-bench-'));
  const stack = await startStack({
    state: join(folder, 'state'),
    exposeApp: true
  });
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    args: CHROMIUM_ARGS
  });
  try {
    const { info } = stack;
    const context = await browser.newContext();
    await context.addInitScript(scriptedWallet, {
      rpc: info.chain,
      chainId: `0x${info.chainId.toString(16)}`,
      accounts: info.accounts.map(({ address }) => address)
    });
    const page = await openLab(context, info.lab);
    await execute(page, 'wallet:connect', { wallet: 'test.scripted.wallet' });
    const { paymentTokens } = await page.evaluate(
      async () => (await (await fetch('/web3/config')).json()).chain
    );
    await page.evaluate(() =>
      globalThis.jupyterapp.serviceManager.contents.save('bench.csv', {
        type: 'file',
        format: 'text',
        content: 'a,b\n1,2\n'
      })
    );
    const assets = [];
    for (let i = 0; i <= runs; i++) {
      assets.push(
        await execute(page, 'ocean:publish', {
          path: 'bench.csv',
          silent: true,
          draft: {
            name: `Page ${i}`,
            description: 'What a page takes beside its questions.',
            license: 'CC0-1.0',
            type: 'dataset',
            price: {
              kind: 'fixed',
              amount: String(i + 1),
              token: paymentTokens[0].address
            },
            chainId: info.chainId
          }
        })
      );
    }
    await page.evaluate(
      who => globalThis.scriptedWallet.switchAccount(who),
      info.accounts[1].address
    );
    const ours = [];
    const floor = [];
    for (const [i, { did, datatokenAddress: to }] of assets.entries()) {
      const milliseconds = await page.evaluate(opened, did);
      const rates = await page.evaluate(
        async ([rpc, params]) =>
          (
            await (
              await fetch(rpc, {
                method: 'POST',
                headers: { 'content-type': 'application/json' },
                body: JSON.stringify({
                  jsonrpc: '2.0',
                  id: 1,
                  method: 'eth_call',
                  params
                })
              })
            ).json()
          ).result,
        [
          info.chain,
          [{ to, data: abi.encodeFunctionData('getFixedRates') }, 'latest']
        ]
      );
      const [[[exchange, id]]] = abi.decodeFunctionResult(
        'getFixedRates',
        rates
      );
      const call = (name, ...args) => abi.encodeFunctionData(name, args);
      const bare = await page.evaluate(asked, {
        did,
        calls: [
          [
            'getId',
            'getFixedRates',
            'getDispensers',
            'getPublishingMarketFee'
          ].map(name => ({ to, data: call(name) })),
          [
            { to: exchange, data: call('getExchange', id) },
            {
              to: exchange,
              data: call('calcBaseInGivenOutDT', id, 10n ** 18n, 0n)
            }
          ]
        ]
      });
      // The first page loads the code that every later one uses.
      if (i > 0) {
        ours.push(milliseconds);
        floor.push(bare);
      }
      await execute(page, 'application:close');
      say(`asset-page: ${i === 0 ? 'warm' : `run ${i} of ${runs}`}`);
    }
    report({
      name: 'asset-page',
      ours: median(ours),
      peer: median(floor),
      unit: 'ms',
      goal: 0.2,
      note: `from the command to the page with its price, beside the record and the six calls that the price takes from the same page; ours also looks for an order, what the account holds and may, and asks the node for its fee; median of ${runs}`
    });
  } finally {
    await browser.close();
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
