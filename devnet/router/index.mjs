/**
 * A real delegated router for tests: a Kubo that serves `/routing/v1` from a DHT of
 * two, whose other node provides what it keeps, by its gateway.
 */
import { join, resolve } from 'node:path';

import { findKubo } from '../findKubo.mjs';
import { kuboPart } from '../kubo.mjs';
import { freePorts } from '../ports.mjs';
import { Watchdog } from '../process.mjs';

const PORTS = ['kubo', 'gateway', 'swarm'];

/** A node of the DHT, on loopback. */
const inDht = config => ({
  ...config,
  Routing: { ...config.Routing, Type: 'dhtserver' },
  Provide: { ...config.Provide, Enabled: true, Strategy: 'all' }
});

/**
 * @param {object} o
 * @param {string} o.state - folder that may be thrown away afterwards
 * @param {(word: string) => void} [o.say]
 * @returns {Promise<object>} `router` (its address, without `/routing/v1`),
 *   `gateway` (the provider's, as the router names it), `provide(bytes, name)` (the
 *   CID, which the router knows from then on), `stop()`
 * @throws {StackError}
 */
export async function startRouter({ state, say }) {
  const binary = await findKubo(say);
  const all = await freePorts(2 * PORTS.length);
  const [routerPorts, providerPorts] = [0, 1].map(n =>
    Object.fromEntries(
      PORTS.map((name, i) => [name, all[n * PORTS.length + i]])
    )
  );
  const gateway = `http://localhost:${providerPorts.gateway}`;
  const provider = kuboPart({
    binary,
    state: join(resolve(state), 'provider'),
    ports: providerPorts,
    swarm: 'loopback',
    guarded: false,
    adapt: config => ({
      ...inDht(config),
      Addresses: {
        ...config.Addresses,
        // By name: the DHT passes no loopback address on.
        AppendAnnounce: [`/dns4/localhost/tcp/${providerPorts.gateway}/http`]
      },
      // Else a subdomain for each CID, of which a page knows nothing.
      Gateway: { ...config.Gateway, PublicGateways: { localhost: null } }
    })
  });
  const router = kuboPart({
    binary,
    state: join(resolve(state), 'router'),
    ports: routerPorts,
    swarm: 'loopback',
    guarded: false,
    friends: () => [
      {
        ID: provider.peerId(),
        Addrs: [`/ip4/127.0.0.1/tcp/${providerPorts.swarm}`]
      }
    ],
    adapt: config => ({
      ...inDht(config),
      Gateway: { ...config.Gateway, ExposeRoutingAPI: true }
    })
  });
  const watchdog = new Watchdog();
  const parts = [provider.part, router.part];
  parts.forEach(part => {
    part.watchdog = watchdog;
  });
  const stop = async () => {
    await Promise.all(parts.map(part => part.stop()));
    watchdog.close();
  };
  const ask = async (verb, body) => {
    const response = await fetch(`${provider.api}/api/v0/${verb}`, {
      method: 'POST',
      body
    });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`${verb}: ${text}`);
    }
    return text;
  };
  try {
    await provider.part.start();
    await router.part.start();
    const { peerId } = router;
    await ask(
      `swarm/connect?arg=/ip4/127.0.0.1/tcp/${routerPorts.swarm}/p2p/${peerId()}`
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    router: router.gateway,
    gateway,
    provide: async (bytes, name) => {
      const form = new FormData();
      form.append('file', new Blob([bytes]), name);
      const { Hash } = JSON.parse(
        await ask('add?cid-version=1&progress=false', form)
      );
      await ask(`routing/provide?arg=${Hash}`);
      return Hash;
    },
    stop
  };
}
