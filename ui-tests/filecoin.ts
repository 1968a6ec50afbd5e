import type { BrowserContext } from '@playwright/test';

import {
  account,
  CHAIN,
  FilecoinWorld,
  RPC,
  STORAGE
} from '../src/pinning/__tests__/filecoinWorld';
import { scriptedWallet } from './wallet.mjs';

/**
 * Put a Filecoin that remembers in the place of the network: all that the page
 * asks of Calibration's endpoint and of the storage provider is answered here,
 * and a scripted wallet signs with its account.
 */
export async function mockFilecoin(
  context: BrowserContext
): Promise<FilecoinWorld> {
  const world = new FilecoinWorld();
  for (const base of [RPC, STORAGE]) {
    await context.route(`${base}/**`, answer);
    await context.route(base, answer);
  }
  await context.addInitScript(scriptedWallet, {
    rpc: RPC,
    chainId: `0x${CHAIN.id.toString(16)}`,
    accounts: [account.address],
    name: 'Filecoin wallet',
    rdns: 'test.filecoin.wallet'
  });
  return world;

  async function answer(
    route: Parameters<Parameters<BrowserContext['route']>[1]>[0]
  ): Promise<void> {
    const asked = route.request();
    const body = asked.postDataBuffer();
    try {
      const response = await world.handle(
        new Request(asked.url(), {
          method: asked.method(),
          headers: asked.headers(),
          body: body ? new Uint8Array(body) : undefined
        })
      );
      await route.fulfill({
        status: response.status,
        headers: {
          ...Object.fromEntries(response.headers),
          'access-control-allow-origin': '*',
          'access-control-expose-headers': 'Location'
        },
        body: Buffer.from(await response.arrayBuffer())
      });
    } catch {
      // The world is down for this one.
      await route.abort('connectionfailed');
    }
  }
}
