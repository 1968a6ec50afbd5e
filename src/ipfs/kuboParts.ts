/**
 * Pins, archives and names of a Kubo node.
 */
import type { IContent } from '../content';
import type {
  ICar,
  ICarImported,
  IIpns,
  IIpnsKey,
  ILocalPins
} from '../tokens';
import { IpfsError, IpfsNotFoundError } from './errors';
import type { KuboRpc } from './rpc';

/** Pins of the node itself. */
export class KuboPins implements ILocalPins {
  constructor(private _rpc: KuboRpc) {}

  async add(
    cid: string,
    options: { name?: string; signal?: AbortSignal } = {}
  ): Promise<void> {
    const answer = await this._rpc.json<{ Pins?: string[] }>('pin/add', [cid], {
      query: { recursive: true, name: options.name },
      signal: options.signal
    });
    if (!answer.Pins?.length) {
      throw new IpfsError('incomplete', `${cid} was not pinned`);
    }
  }

  async rm(cid: string): Promise<void> {
    try {
      await this._rpc.json('pin/rm', [cid], { query: { recursive: true } });
    } catch (error) {
      if (!isNotPinned(error)) {
        throw error;
      }
    }
  }

  async has(cid: string): Promise<boolean> {
    try {
      const answer = await this._rpc.json<{ Keys?: Record<string, unknown> }>(
        'pin/ls',
        [cid],
        { query: { type: 'recursive' } }
      );
      return Object.keys(answer.Keys ?? {}).length > 0;
    } catch (error) {
      if (error instanceof IpfsNotFoundError || isNotPinned(error)) {
        return false;
      }
      throw error;
    }
  }
}

/** `dag/export` and `dag/import`. */
export class KuboCar implements ICar {
  constructor(private _rpc: KuboRpc) {}

  export(
    root: string,
    options: { signal?: AbortSignal } = {}
  ): AsyncIterable<Uint8Array> {
    return this._rpc.bytes('dag/export', [root], null, {
      query: { progress: false },
      signal: options.signal
    });
  }

  async import(
    car: IContent,
    options: {
      pin?: boolean;
      signal?: AbortSignal;
      onProgress?: (bytes: number) => void;
    } = {}
  ): Promise<ICarImported> {
    const { signal, onProgress, pin = false } = options;
    const blob = await car.blob({ signal });
    // Kubo names the roots only where it pins them.
    const { carRoots } = await import('./car');
    const roots = (await carRoots(blob)).map(root => root.toString());
    const form = new FormData();
    form.append('file', blob, 'file');
    const events = await this._rpc.upload('dag/import', form, {
      query: { 'pin-roots': pin, stats: true },
      subject: car.name,
      signal,
      onProgress
    });
    let blocks: number | null = null;
    for (const event of events) {
      const { Root, Stats } = event as {
        Root?: { PinErrorMsg?: string };
        Stats?: { BlockCount?: number };
      };
      if (Root?.PinErrorMsg) {
        throw new IpfsError('incomplete', `${car.name}: ${Root.PinErrorMsg}`);
      }
      blocks = Stats?.BlockCount ?? blocks;
    }
    if (blocks === null) {
      throw new IpfsError(
        'incomplete',
        `${car.name}: the node did not say what it took in`
      );
    }
    return { roots, blocks };
  }
}

/** IPNS with the keys of the node. */
export class KuboNames implements IIpns {
  constructor(private _rpc: KuboRpc) {}

  async keys(): Promise<IIpnsKey[]> {
    const { Keys } = await this._rpc.json<{
      Keys: { Name: string; Id: string }[];
    }>('key/list', [], { query: { 'ipns-base': 'base36' } });
    return Keys.map(({ Name, Id }) => ({ name: Name, id: Id }));
  }

  async createKey(name: string): Promise<IIpnsKey> {
    const { Name, Id } = await this._rpc.json<{ Name: string; Id: string }>(
      'key/gen',
      [name],
      { query: { type: 'ed25519', 'ipns-base': 'base36' } }
    );
    return { name: Name, id: Id };
  }

  async publish(
    cid: string,
    key: string,
    options: { signal?: AbortSignal } = {}
  ): Promise<{ name: string; value: string }> {
    const { Name, Value } = await this._rpc.json<{
      Name: string;
      Value: string;
    }>('name/publish', [`/ipfs/${cid}`], {
      // A node that is offline keeps the record until it can announce it.
      query: { key, 'allow-offline': true, 'ipns-base': 'base36' },
      signal: options.signal
    });
    return { name: Name, value: Value };
  }
}

function isNotPinned(error: unknown): boolean {
  return error instanceof IpfsError && /not pinned/i.test(error.message);
}
