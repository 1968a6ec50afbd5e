/** Ocean Nodes of paper, for what searches several of them at once. */
import { getAddress, sha256, toUtf8Bytes } from 'ethers';

import type { IQuery } from '../../ocean/nodeClient';
import type { ISearch } from '../../ocean/search';
import { Discovery, NO_SEARCH, type IDiscoverState } from '../discover';
import type { SearchNode } from '../discoverSource';

const hex = (n: number, digits: number): string =>
  n.toString(16).padStart(digits, '0');
const numbers = new Map<string, number>();
/** As DIDs are made: of the NFT's address and the chain. */
export function didOf(n: number): string {
  const nft = getAddress(`0x${hex(n + 1, 40)}`);
  const did = `did:op:${sha256(toUtf8Bytes(`${nft}8996`)).slice(2)}`;
  numbers.set(did, n);
  return did;
}
const numberOf = (did: string): number => numbers.get(did) ?? NaN;
const DAY = 24 * 3600 * 1000;

export interface IMade {
  /** Days after 2024 on which it came up; null where nobody says. */
  day?: number | null;
  name?: string;
  type?: string;
  price?: string;
  orders?: number;
}

/** A record as an index has it. */
export function record(n: number, made: IMade = {}): object {
  const { day = n, name = `Asset ${n}`, type = 'dataset' } = made;
  const datatokenAddress = `0x${hex(n + 1, 40)}`;
  return {
    id: didOf(n),
    version: '4.1.0',
    chainId: 8996,
    nftAddress: `0x${hex(n + 1, 40)}`,
    metadata: { name, type, license: 'MIT' },
    services: [{ id: 's', type: 'access', datatokenAddress, timeout: 0 }],
    indexedMetadata: {
      nft: {
        state: 0,
        ...(day === null
          ? {}
          : {
              created: new Date(Date.UTC(2024, 0, 1) + day * DAY).toISOString()
            })
      },
      stats: [
        {
          datatokenAddress,
          orders: made.orders ?? 0,
          prices:
            made.price === undefined
              ? []
              : [{ type: 'fixedrate', price: made.price }]
        }
      ]
    }
  };
}

export type Answer = (query: IQuery) => unknown[][] | Promise<unknown[][]>;

/** A node that answers as the test says; what it was asked. */
export class PaperNode implements SearchNode {
  constructor(public answer: Answer) {}
  queries: IQuery[] = [];
  signals: AbortSignal[] = [];
  /** To say that the last question has to wait for its turn. */
  waits: (ms: number) => void = () => undefined;
  queryIndexes: SearchNode['queryIndexes'] = async (query, o = {}) => {
    this.queries.push(query);
    const { signal } = o;
    this.waits = o.waits!;
    this.signals.push(signal!);
    return new Promise((resolve, reject) => {
      signal!.addEventListener('abort', () => reject(signal!.reason as Error));
      Promise.resolve()
        .then(() => this.answer(query))
        .then(resolve, reject);
    });
  };
}

/** Pages of a list, as a node gives them. */
export const paged =
  (records: object[]): Answer =>
  ({ from = 1, size = 100 }) => [records.slice((from - 1) * size, from * size)];

/** An answer that the test gives when it likes. */
export function held(): { answer: Answer; give: (records: object[]) => void } {
  let give: (found: unknown[][]) => void = () => undefined;
  const later = new Promise<unknown[][]>(resolve => {
    give = resolve;
  });
  return { answer: () => later, give: records => give([records]) };
}

export function searching(nodes: Record<string, PaperNode>, pause?: number) {
  const discovery = new Discovery({
    nodes: () => Object.keys(nodes),
    client: async url => nodes[url],
    ready: Promise.resolve(),
    ...(pause === undefined ? {} : { pause })
  });
  const states: IDiscoverState[] = [];
  discovery.changed.connect((_, state) => {
    states.push(state);
  });
  return { discovery, states };
}

/** All that is promised and needs no time has happened. */
export const settle = (): Promise<void> =>
  new Promise(resolve => jest.requireActual('timers').setImmediate(resolve));

export async function until(
  discovery: Discovery,
  test: (state: IDiscoverState) => boolean
): Promise<IDiscoverState> {
  for (let n = 0; n < 2000 && !test(discovery.state); n++) {
    await settle();
  }
  expect(test(discovery.state)).toBe(true);
  return discovery.state;
}

export const shown = (state: IDiscoverState): number[] =>
  state.rows.map(({ did }) => numberOf(did));
export const complete = (state: IDiscoverState): boolean =>
  state.complete && !state.searching;
export const search = (patch: Partial<ISearch>): ISearch => ({
  ...NO_SEARCH,
  ...patch
});
/** From the last to the first: the newest first. */
export const countdown = (from: number, to = 0): number[] =>
  Array.from({ length: from - to + 1 }, (_, i) => from - i);
