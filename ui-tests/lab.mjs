/**
 * Driving a running JupyterLab that was started with `--expose-app`: shared by
 * the browser tests, `--check`, the Binder test and the benchmarks.
 */

export const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync'
];

export const DEVELOPMENT_WALLET = 'dev.jupyterlab-web3.wallet';

/** Open Lab at its URL (with token) and wait until it has been restored. */
export async function openLab(context, lab) {
  const page = await context.newPage();
  await page.goto(lab);
  await ready(page);
  return page;
}

/** Wait until Lab is there and the suite's plugins are active. */
export async function ready(page) {
  await page.waitForFunction(() => globalThis.jupyterapp !== undefined);
  await page.evaluate(() => globalThis.jupyterapp.restored);
  await page.waitForFunction(() =>
    globalThis.jupyterapp.commands.hasCommand('wallet:connect')
  );
}

/** Run a command; the page's error is thrown here with its name and message. */
export async function execute(page, id, args = {}) {
  const outcome = await page.evaluate(
    async ([command, options]) => {
      try {
        const value = await globalThis.jupyterapp.commands.execute(
          command,
          options
        );
        // Core commands resolve to widgets, which can't leave the page.
        let plain = null;
        try {
          plain =
            value === undefined ? null : JSON.parse(JSON.stringify(value));
        } catch {
          plain = null;
        }
        return { value: plain };
      } catch (error) {
        return {
          error: {
            name: error?.name ?? 'Error',
            code: error?.code,
            message: String(error?.message ?? error)
          }
        };
      }
    },
    [id, args]
  );
  if (outcome.error) {
    throw Object.assign(
      new Error(`${id}: ${outcome.error.name}: ${outcome.error.message}`),
      {
        code: outcome.error.code
      }
    );
  }
  return outcome.value;
}

/** The confirmation that the development wallet is showing. */
export function walletPrompt(page) {
  return page.getByRole('dialog', { name: /Development wallet/ });
}

/**
 * Press Confirm in the development wallet as often as it asks while a promise
 * is pending.
 *
 * @param {(text: string | null) => void} onPrompt - told the text of each request before it is confirmed
 * @returns what the promise resolved to
 */
export async function confirmWhile(
  page,
  promise,
  onPrompt = _text => undefined
) {
  let settled = false;
  const outcome = promise.finally(() => {
    settled = true;
  });
  outcome.catch(() => undefined); // thrown below, once the loop has ended
  const confirm = walletPrompt(page).getByRole('button', { name: 'Confirm' });
  while (!settled) {
    const asked = await Promise.race([
      confirm.waitFor({ state: 'visible', timeout: 0 }).then(
        () => true,
        () => false
      ),
      outcome.then(
        () => false,
        () => false
      )
    ]);
    if (asked && !settled) {
      const window = await walletPrompt(page).elementHandle();
      onPrompt(await window.textContent());
      await confirm.click();
      // The next request is another window: wait until this one is gone.
      await page.waitForFunction(element => !element.isConnected, window);
    }
  }
  return outcome;
}

export async function connectDevelopmentWallet(page) {
  return confirmWhile(
    page,
    execute(page, 'wallet:connect', { wallet: DEVELOPMENT_WALLET })
  );
}

/**
 * Open a notebook and wait until its cells are there and its kernel is idle:
 * running before makes Lab ask for a kernel, and until then Lab runs commands
 * of its own, each of which closes the command palette.
 */
export async function openNotebook(page, path) {
  await execute(page, 'docmanager:open', { path });
  await page.waitForFunction(async wanted => {
    const widget = globalThis.jupyterapp.shell.currentWidget;
    if (widget?.context?.path !== wanted) {
      return false;
    }
    await widget.context.ready;
    await widget.revealed;
    await widget.sessionContext.ready;
    return widget.sessionContext.session?.kernel?.status === 'idle';
  }, path);
}

/** Open a notebook, wait for its kernel, and run all of it. */
export async function runNotebook(page, path) {
  await openNotebook(page, path);
  await execute(page, 'notebook:run-all-cells');
}
