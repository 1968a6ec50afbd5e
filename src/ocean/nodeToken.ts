/** A node's token for downloads: one signature for all files. Kept in memory. */
import { OceanError } from './errors';
import type { ICallOptions } from './nodeHttp';

export class NodeToken {
  /** @param ask - have a new one made, by a signature */
  constructor(private _ask: (o: ICallOptions) => Promise<string>) {}

  /** Have one; asks only where there is none. */
  async get(o: ICallOptions = {}): Promise<void> {
    this._token ??= await this._ask(o);
  }

  forget(): void {
    this._token = null;
    this._works = false;
  }

  /**
   * Use it; where it has expired, a new one. Null where there is none, or it is
   * not taken (a relay in between keeps it back): then each use is signed for.
   *
   * @throws what `send` throws, but for status 401; what asking throws
   */
  async use(
    send: (headers: Record<string, string>) => Promise<Response>,
    o: ICallOptions = {}
  ): Promise<Response | null> {
    const worked = this._works;
    const first = await this._try(send);
    if (first || !worked) {
      return first;
    }
    await this.get(o);
    return this._try(send);
  }

  private async _try(
    send: (headers: Record<string, string>) => Promise<Response>
  ): Promise<Response | null> {
    if (!this._token) {
      return null;
    }
    try {
      const response = await send({ Authorization: this._token });
      this._works = true;
      return response;
    } catch (reason) {
      if (!(reason instanceof OceanError) || reason.details.status !== 401) {
        throw reason;
      }
      this.forget();
      return null;
    }
  }

  private _token: string | null = null;
  /** Whether something was had with it. */
  private _works = false;
}
