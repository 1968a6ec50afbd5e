/**
 * The main job, done in a headless browser as a person would do it with the
 * development wallet: run the example notebook, publish one of its outputs for
 * a price, buy it with a second account, download it, and have it checked.
 *
 * Used by `npm start -- --check` and by the Binder test.
 */
import {
  confirmWhile,
  connectDevelopmentWallet,
  execute,
  openLab,
  runNotebook
} from './lab.mjs';

const NOTEBOOK = 'iris.ipynb';

/** Index of the first code cell with an output of a media type. */
function cellWithOutput(page, mediaType) {
  return page.evaluate(wanted => {
    const { content } = globalThis.jupyterapp.shell.currentWidget;
    return content.widgets.findIndex(cell =>
      (cell.model.toJSON().outputs ?? []).some(
        output => output.data && wanted in output.data
      )
    );
  }, mediaType);
}

/**
 * @param {object} options
 * @param {string} options.lab - URL of JupyterLab with its token
 * @param {import('playwright-core').Browser} options.browser
 * @param {(word: string) => void} [options.say] - told each step
 * @returns {Promise<{did: string, cid: string, verified: boolean | null}>}
 */
export async function check({ lab, browser, say = () => undefined }) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 }
  });
  try {
    const page = await openLab(context, lab);

    say('running the example notebook');
    await runNotebook(page, NOTEBOOK);
    const cell = await cellWithOutput(page, 'image/png');
    if (cell < 0) {
      throw new Error(`${NOTEBOOK} shows no image after it ran`);
    }

    say('logging in');
    const { account, chainId } = await connectDevelopmentWallet(page);
    const seller = account;

    say('publishing an output for a price');
    const token = await page.evaluate(async id => {
      const response = await fetch(
        `${document.baseURI.replace(/\/(lab|tree|notebooks)\b.*$/, '')}/web3/config`
      );
      const info = await response.json();
      if (info.chain?.chainId !== id) {
        throw new Error(
          `the wallet is on chain ${id}, the server offers ${info.chain?.chainId}`
        );
      }
      return info.chain.paymentTokens.find(entry => entry.symbol === 'USDC');
    }, chainId);
    const published = await confirmWhile(
      page,
      execute(page, 'ocean:publish-output', {
        notebook: NOTEBOOK,
        cell,
        mediaType: 'image/png',
        silent: true,
        draft: {
          name: 'Iris figure',
          description:
            'A figure of the iris measurements, published from a notebook.',
          license: 'CC-BY-4.0',
          tags: ['iris', 'example'],
          type: 'dataset',
          price: { kind: 'fixed', amount: '5', token: token.address },
          chainId
        }
      })
    );
    if (!published) {
      throw new Error('publishing was cancelled');
    }

    say('buying it with a second account');
    await confirmWhile(
      page,
      execute(page, 'development-wallet:switch-account', { account: 2 })
    );
    await page.waitForFunction(
      async first => {
        const accounts = await globalThis.jupyterapp.commands.execute(
          'wallet:connect',
          {}
        );
        return accounts && accounts.account !== first;
      },
      seller,
      { polling: 250 }
    );
    const bought = await confirmWhile(
      page,
      execute(page, 'market:buy', { did: published.did })
    );
    if (!bought) {
      throw new Error('buying was cancelled');
    }

    say('downloading and checking it');
    const downloaded = await confirmWhile(
      page,
      execute(page, 'market:download', { did: published.did, to: '' })
    );
    if (!downloaded) {
      throw new Error('the download was cancelled');
    }
    return {
      did: published.did,
      cid: published.cid,
      verified: downloaded.verified
    };
  } finally {
    await context.close();
  }
}
