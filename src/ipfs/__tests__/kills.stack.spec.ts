/** @jest-environment node */
/**
 * Kubo is killed, the network is cut and people change their mind at random
 * moments: nothing that was reported is lost, and the MFS stays whole.
 *
 * `WEB3_SEED` and `WEB3_MOMENTS` (as `5` or `100-120`) repeat what failed.
 */
import { startProgram, type IProgram } from '../../__tests__/program';
import { wireTo, type IWire } from '../../__tests__/proxy';
import { BlobContent } from '../../content';
import type { IIpfsEngine, IWeb3Server } from '../../tokens';
import { DirectConnection, ServerConnection } from '../connection';
import { KuboEngine } from '../kubo';
import { moveFiles, removeMoved } from '../move';
import { Lane } from './lane';
import { noise, Profile, random } from './pageStores';

interface IUp {
  ipfsApi: string;
  ipfsSecret: string;
  lab: string;
}

const stack = JSON.parse(process.env.WEB3_STACK ?? '{}') as {
  chain: string;
  addressFile: string;
};
const SEED = Number(process.env.WEB3_SEED ?? 20261123);
const [FIRST, LAST] = (
  process.env.WEB3_MOMENTS?.split('-') ?? [1, process.env.WEB3_LONG ? 200 : 8]
).map(Number);
/** Milliseconds within which something happens. */
const SOON = 700;
const FAULTS = ['kill', 'cut', 'kill', 'stop'] as const;

let program: IProgram<IUp>;
let wires: { kubo: IWire; lab: IWire };
/** By the way that people reach Kubo; `looking` is on none that is cut. */
let engines: { direct: KuboEngine; route: KuboEngine; looking: KuboEngine };

/** The server part as a page has it, without the page. */
function serverAt(url: string, token: string): IWeb3Server {
  const headers = { Authorization: `token ${token}` };
  const of = (path: string): string => `${url}/web3/${path}`;
  return {
    info: async () => null,
    url: of,
    headers: () => headers,
    fetch: (path, init = {}) => {
      const all = new Headers(init.headers);
      all.set('Authorization', headers.Authorization);
      return fetch(of(path), { ...init, headers: all });
    }
  };
}

beforeAll(async () => {
  program = await startProgram<IUp>('serve.mjs', [
    `--chain=${stack.chain}`,
    `--address-file=${stack.addressFile}`
  ]);
  const { ipfsApi, ipfsSecret, lab } = program.up;
  const { origin, searchParams } = new URL(lab);
  wires = { kubo: await wireTo(ipfsApi), lab: await wireTo(origin) };
  const direct = (rpc: string): KuboEngine =>
    new KuboEngine(new DirectConnection({ rpc, secret: ipfsSecret }));
  engines = {
    direct: direct(wires.kubo.url),
    route: new KuboEngine(
      new ServerConnection(
        serverAt(wires.lab.url, searchParams.get('token') ?? '')
      )
    ),
    looking: direct(ipfsApi)
  };
}, 60_000);

afterAll(async () => {
  await Promise.all([wires?.kubo.close(), wires?.lab.close()]);
  await program?.stop();
}, 30_000);

/** A verb that the product has no use for. */
async function rpc(verb: string): Promise<string> {
  const { ipfsApi, ipfsSecret } = program.up;
  const response = await fetch(`${ipfsApi}/api/v0/${verb}`, {
    method: 'POST',
    headers: { Authorization: ipfsSecret }
  });
  const text = await response.text();
  if (!response.ok || response.headers.get('X-Stream-Error')) {
    throw new Error(`${verb}: ${text}`);
  }
  return text;
}

const pause = (ms: number): Promise<void> =>
  new Promise(resolve => setTimeout(resolve, ms));

/** Files of a page on their way to Kubo, begun anew until they are there. */
class Transfer {
  constructor(
    private _name: string,
    seed: number
  ) {
    this._ready = (async () => {
      await this._page.files.mkdir(`/${_name}`);
      for (let i = 0; i < 3; i++) {
        const content = new BlobContent({
          name: 'f',
          data: noise(500_000 * (i + 1), seed + i)
        });
        await this._page.files.write(`/${_name}/${i}`, content);
      }
    })();
  }

  async run(to: IIpfsEngine): Promise<void> {
    await this._ready;
    const options = { folder: `${this._name} again`, own: '.own' };
    const moved = await moveFiles(this._page, to, options);
    this._reported = true;
    this._cid = moved.entries[0].cid;
  }

  /** What is wrong; the transfer then goes on to its end. */
  async check(to: IIpfsEngine): Promise<string[]> {
    const path = `/${this._name}`;
    const { cid } = await this._page.files.stat(path);
    const there = (await to.files.ls('/')).find(
      entry => entry.name === this._name
    );
    const wrong: string[] = [];
    if (there ? there.cid !== cid : this._reported) {
      wrong.push(`${this._name} is ${there?.cid}, not ${cid}`);
    }
    await this.run(to);
    const arrived = (await to.files.stat(path)).cid;
    if (arrived !== cid || this._cid !== cid) {
      wrong.push(`${this._name} arrived as ${arrived}, not ${cid}`);
    }
    const moved = { cid, folder: null, entries: [{ name: this._name, cid }] };
    if (!(await removeMoved(this._page, moved))) {
      wrong.push(`${this._name} was changed on its way`);
    }
    await to.files.rm(path, { recursive: true });
    await this._page.dispose();
    return wrong;
  }

  private _page = new Profile().tab();
  private _ready: Promise<void>;
  private _reported = false;
  private _cid: string | null = null;
}

/** What became of the folder of the moment before. */
let kept: { path: string; cid: string } | null = null;

const moments = Array.from({ length: (LAST ?? FIRST) - FIRST + 1 }, (_, i) => ({
  moment: FIRST + i,
  fault: FAULTS[(FIRST + i - 1) % FAULTS.length]
}));

test.each(moments)(
  `moment $moment of seed ${SEED}: $fault`,
  async ({ moment, fault }) => {
    const below = random(SEED + 7919 * moment);
    below(1); // the first number of near seeds is nearly the same
    const stop = new AbortController();
    // At a time, or right after the n-th report.
    const byTime = below(2) === 0;
    const left = { ms: below(SOON), reports: below(25) };
    let now: () => void = () => undefined;
    const counted = new Promise<void>(resolve => (now = resolve));
    const reported = (): void => {
      if (left.reports-- === 0) {
        now();
      }
    };
    const lanes = ['direct', 'route', 'direct', 'route'].map(
      (way, i) =>
        new Lane({
          engine: engines[way as 'direct' | 'route'],
          folder: `/kills/${moment}/${i} ${way}`,
          below,
          reported
        })
    );
    const root = `/kills/${moment}`;
    for (let i = 0; i < lanes.length; i++) {
      await engines.looking.files.mkdir(
        `${root}/${i} ${i % 2 ? 'route' : 'direct'}`,
        { parents: true }
      );
    }
    const transfer = new Transfer(`moved ${moment}`, SEED + moment);
    const work = Promise.allSettled([
      ...lanes.map(lane => lane.work(stop.signal)),
      transfer.run(moment % 2 ? engines.direct : engines.route)
    ]);
    await Promise.race([byTime ? pause(left.ms) : counted, pause(3 * SOON)]);

    if (fault === 'kill') {
      await program.ask({ do: 'kill', part: 'kubo' });
    } else if (fault === 'cut') {
      wires.kubo.cut();
      wires.lab.cut();
    }
    stop.abort();
    const ends = await work;
    if (fault === 'kill') {
      await program.ask({ do: 'start', part: 'kubo' });
    } else {
      wires.kubo.mend();
      wires.lab.mend();
      // What Kubo had begun when the wire broke it may still finish.
      await pause(200);
    }

    const wrong: string[] = [];
    // The last one is the transfer, which may break as it likes.
    for (const end of ends.slice(0, -1)) {
      if (end.status === 'rejected') {
        wrong.push(String(end.reason));
      }
    }
    for (const lane of lanes) {
      const { log, under } = lane;
      const found = await lane.check(engines.looking, fault !== 'stop');
      wrong.push(
        ...found.map(one => `${one} (${under ?? 'idle'}; ${log.join(', ')})`)
      );
    }
    wrong.push(...(await transfer.check(engines.looking)));
    if (kept) {
      const { cid } = await engines.looking.files.stat(kept.path);
      if (cid !== kept.cid) {
        wrong.push(`${kept.path} was ${kept.cid} and is ${cid}`);
      }
      await engines.looking.files.rm(kept.path, { recursive: true });
    }
    // Kubo meets nobody: a block that is missing is found missing.
    const { cid } = await engines.looking.files.stat('/');
    await rpc(`dag/stat?arg=${cid}&progress=false`);

    // And on it goes.
    const more = new AbortController();
    await Promise.all(lanes.map(lane => lane.work(more.signal, 2)));
    for (const lane of lanes) {
      wrong.push(...(await lane.check(engines.looking, false)));
    }
    kept = { path: root, cid: (await engines.looking.files.stat(root)).cid };
    expect({ seed: SEED, moment, wrong }).toEqual({
      seed: SEED,
      moment,
      wrong: []
    });
    if (moment % 25 === 0) {
      await rpc('repo/gc?quiet=true');
    }
  },
  60_000
);

test('every block that is left is what its CID says', async () => {
  expect(await rpc('repo/verify')).toMatch(/verify complete/);
}, 300_000);
