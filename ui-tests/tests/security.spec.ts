/**
 * What a stranger can put on IPFS must not get at the person's Jupyter.
 */
import { writeFileSync } from 'node:fs';

import { expect, run, stack, test } from '../fixtures';
import { ipfs } from '../kubo';

const HOSTILE = `<!doctype html><title>hostile</title><script>
  (window.opener ?? window.parent).pwned = document.cookie;
  window.pwned = true;
</script><h1>hello</h1>`;

test('foreign HTML through the gateway route does not run on our origin', async ({
  page
}, info) => {
  const file = info.outputPath('hostile.html');
  writeFileSync(file, HOSTILE);
  const cid = ipfs('add', '--quieter', '--progress=false', file).trim();
  const url = `${stack().labBase}/web3/gateway/ipfs/${cid}`;

  const headers = await page.evaluate(async address => {
    const response = await fetch(address);
    return { status: response.status, ...Object.fromEntries(response.headers) };
  }, url);
  expect(headers).toMatchObject({
    status: 200,
    'content-security-policy': "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff'
  });

  // Framed and opened, it is handed to the downloads instead of being shown.
  const framed = page.waitForEvent('download');
  await page.evaluate(address => {
    const frame = document.createElement('iframe');
    frame.src = address;
    document.body.append(frame);
  }, url);
  await framed;
  expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
});

test('a verb that the suite does not use is refused', async ({ page }) => {
  const statuses = await page.evaluate(async () => {
    const xsrf = /_xsrf=([^;]*)/.exec(document.cookie)?.[1] ?? '';
    const post = async (path: string, headers: Record<string, string>) =>
      (await fetch(path, { method: 'POST', headers })).status;
    return {
      allowed: await post('/web3/ipfs/version', { 'X-XSRFToken': xsrf }),
      config: await post('/web3/ipfs/config/show', { 'X-XSRFToken': xsrf }),
      shutdown: await post('/web3/ipfs/shutdown', { 'X-XSRFToken': xsrf }),
      withoutXsrf: await post('/web3/ipfs/version', {})
    };
  });
  expect(statuses).toEqual({
    allowed: 200,
    config: 403,
    shutdown: 403,
    withoutXsrf: 403
  });
});

test('without a log-in nothing is answered', async ({ playwright }) => {
  const stranger = await playwright.request.newContext({
    baseURL: stack().labBase
  });
  for (const path of [
    '/web3/config',
    '/web3/siwe/session',
    '/web3/development-wallet',
    '/web3/gateway/ipfs/bafkqaaa'
  ]) {
    const response = await stranger.get(path, { maxRedirects: 0 });
    expect([302, 403], path).toContain(response.status());
  }
  const rpc = await stranger.post('/web3/ipfs/version');
  expect(rpc.status()).toBe(403);
  await stranger.dispose();
});

test('names from the network are shown as text', async ({ page }) => {
  ipfs('files', 'mkdir', '/<img src=x onerror="window.pwned=1">');
  await run(page, 'filebrowser:open-path', { path: 'ipfs:' });
  await expect(
    page.getByText('<img src=x onerror="window.pwned=1">').first()
  ).toBeVisible();
  expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
});
