/** @jest-environment node */
/**
 * Pins that are taken back at random moments: in the end the service has what
 * the table says and nothing else, whenever a request arrived and whether or not
 * its answer did.
 */
import 'fake-indexeddb/auto';
import { createServer, type Server, type ServerResponse } from 'http';
import type { AddressInfo } from 'net';

import { random } from '../../ipfs/__tests__/pageStores';
import { ServiceProvider } from '../service';
import { DirectTransport } from '../transport';
import { makeQueue, profile } from './world';

const SEEDS = process.env.WEB3_LONG ? 100 : 8;

const pause = (ms: number): Promise<void> =>
  new Promise(resolve => setTimeout(resolve, ms));

/** A service that takes its time, and whose answers get lost now and then. */
class SlowService {
  constructor(private _below: (limit: number) => number) {
    this._server = createServer((request, response) => {
      let text = '';
      request.on('data', part => (text += part));
      // Also of who went away: a request that was sent has been sent.
      request.on('end', () => void this._take(request, text, response));
    });
  }

  /** CIDs by request. */
  readonly pins = new Map<string, string>();
  busy = 0;

  async start(): Promise<string> {
    await new Promise<void>(resolve =>
      this._server.listen(0, '127.0.0.1', resolve)
    );
    const { port } = this._server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  async stop(): Promise<void> {
    this._server.closeAllConnections();
    await new Promise(resolve => this._server.close(resolve));
  }

  private async _take(
    { method, url }: { method?: string; url?: string },
    text: string,
    response: ServerResponse
  ): Promise<void> {
    this.busy++;
    await pause(method === 'POST' ? this._below(25) : this._below(3));
    const [, , id] = new URL(url!, 'http://x').pathname.split('/');
    let answer: unknown = null;
    if (method === 'POST') {
      const requestid = `r${this._count++}`;
      const { cid } = JSON.parse(text) as { cid: string };
      this.pins.set(requestid, cid);
      answer = this._status([requestid, cid]);
    } else if (method === 'DELETE') {
      this.pins.delete(id);
    } else {
      const asked = new URL(url!, 'http://x').searchParams.get('cid') ?? '';
      const results = [...this.pins]
        .filter(([, cid]) => asked.split(',').includes(cid))
        .map(this._status);
      answer = { count: results.length, results };
    }
    await pause(this._below(10));
    this.busy--;
    if (method === 'POST' && this._below(3) === 0) {
      response.destroy();
    } else {
      response.end(JSON.stringify(answer));
    }
  }

  private _status = ([requestid, cid]: [string, string]) => ({
    requestid,
    status: 'pinned',
    pin: { cid },
    delegates: [],
    created: '2026-11-23T00:00:00Z'
  });

  private _server: Server;
  private _count = 0;
}

const afterTest: (() => Promise<void>)[] = [];
afterEach(() => Promise.all(afterTest.splice(0).map(end => end())));

test.each(Array.from({ length: SEEDS }, (_, i) => i + 1))(
  'the service has what the table says (seed %i)',
  async seed => {
    const below = random(seed * 7919);
    const service = new SlowService(below);
    let stop = (): void => undefined;
    afterTest.push(async () => {
      stop();
      await service.stop();
    });
    const info = {
      name: 's',
      endpoint: await service.start(),
      upload: '',
      auth: 'bearer' as const
    };
    const transport = new DirectTransport(info, 'key');
    let sent = 0;
    const ask = transport.ask.bind(transport);
    transport.ask = (...args) => {
      sent++;
      return ask(...args).finally(() => sent--);
    };
    const provider = new ServiceProvider(info, { transport });
    const database = profile();
    let { queue, clock } = makeQueue(database, [provider]);
    stop = () => queue.dispose();
    await queue.start();
    const log: string[] = [];
    const act = async (n: number): Promise<void> => {
      const cid = `bafy${n}`;
      const { id } = await queue.pin({ cid }, provider.id);
      for (let i = 0; i < 3; i++) {
        await pause(below(40));
        const what = ['cancel', 'pin', 'nothing', 'cancel'][below(4)];
        log.push(`${what} ${cid}`);
        if (what === 'cancel') {
          await queue.cancel(id);
        } else if (what === 'pin') {
          await queue.pin({ cid }, provider.id);
        }
      }
    };
    await Promise.all([0, 1, 2, 3, 4, 5].map(act));
    if (seed % 2) {
      // The tab is closed, with requests under way, and another one goes on.
      queue.dispose();
      ({ queue, clock } = makeQueue(database, [provider], { clock }));
      await queue.start();
    }
    const open = (): boolean =>
      queue.records.some(({ state }) => state !== 'pinned');
    for (let i = 0; i < 200 && (open() || service.busy || sent); i++) {
      await pause(10);
      // What is sent arrives within the time that the queue allows for it.
      if (!service.busy && !sent) {
        clock.pass(20_000);
      }
    }
    expect({
      seed,
      log,
      there: [...new Set(service.pins.values())].sort(),
      open: open()
    }).toEqual({
      seed,
      log,
      there: queue.records.map(({ cid }) => cid).sort(),
      open: false
    });
  },
  30_000
);
