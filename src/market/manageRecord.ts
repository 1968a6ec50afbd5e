/** Changing what an asset's record says, and in which state it is. */
import { readAsset, type IAsset } from '../ocean/asset';
import type { IReceipt } from '../ocean/chain';
import { ddoHash, type IDdo } from '../ocean/ddo';
import { OceanError } from '../ocean/errors';
import { buildMetadataTx, findMetadata } from '../ocean/mint';
import { changeRecord, plainRecord, type IRecordChange } from '../ocean/record';
import {
  lastRecord,
  PLACEHOLDER_STATES,
  readNft,
  STATES,
  stateOf,
  stateTx,
  writeAgainTx,
  type StateName
} from '../ocean/states';
import { MarketError } from './errors';
import type { IManageStep, ManageTask } from './manageTypes';

import { ManageBase } from './manageBase';

export class ManageRecord extends ManageBase {
  /**
   * Change the record: validated and encrypted by the node (one signature), then
   * written (one transaction), then waited for. Refused where the index lags.
   */
  saveRecord(change: IRecordChange): Promise<void> {
    const task = change.access ? 'access' : 'record';
    return this._run(task, 2, async tell => {
      const { record, tx } = await this._freshRecord();
      const { index } = this._service;
      await this._write(changeRecord(record, index, change, new Date()), {
        task,
        instead: tx,
        tell
      });
    });
  }

  /** Tell buyers and nodes what the asset is now. */
  setState(state: StateName): Promise<void> {
    return this._run('state', 1, async tell => {
      const { nft } = this._state;
      await this._change('state', `state ${state} from ${nft?.state}`, tell, {
        isDone: async () =>
          (await readNft(this._reader, this.nftAddress)).state ===
          STATES[state],
        build: () => stateTx(this._reader, this.account, this.nftAddress, state)
      });
      await this._listed(() =>
        this._indexed(this._isListedAs(STATES[state]), tell, 'state')
      );
    });
  }

  /**
   * Write the record that the chain has once more, active: the index has
   * forgotten it, so that a change of state alone would list a bare name.
   */
  bringBack(): Promise<void> {
    return this._run('bring-back', 1, async tell => {
      const { _reader: reader, nftAddress } = this;
      const from = await this._startBlock();
      const before = await lastRecord(reader, nftAddress, from);
      if (!before) {
        throw new OceanError('record-unknown', 'It never had a record');
      }
      await this._change('bring-back', `again ${before.tx}`, tell, {
        alone: true,
        isDone: async () =>
          (await this._lastRecord()) !== before.tx &&
          (await readNft(reader, nftAddress)).state === STATES.active,
        build: () =>
          writeAgainTx(reader, this.account, nftAddress, before, 'active')
      });
      tell({ step: 'index' });
      const nft = await readNft(reader, nftAddress);
      await this._listed(async () => {
        const node = await this._deps.node(
          this._nodeUrl(nft),
          null,
          this.chainId
        );
        await node.waitIndexed(this.did, {
          tx: (await this._lastRecord()) ?? undefined,
          timeout: this._deps.indexTimeout
        });
      });
    });
  }

  /** The record as chain and index have it, and the transaction that wrote it. */
  async freshRecord(): Promise<{ record: IDdo; tx: string }> {
    return this._freshRecord();
  }

  /** @throws OceanError record-stale, record-unknown */
  private async _freshRecord(): Promise<{ record: IDdo; tx: string }> {
    const nft = await readNft(this._reader, this.nftAddress);
    const node = await this._deps.node(this._nodeUrl(nft), null, this.chainId);
    const indexed = await node.ddo(this.did);
    const last = await this._lastRecord();
    const record = plainRecord(indexed ?? {});
    if (!last || readAsset(indexed).event?.tx.toLowerCase() !== last) {
      throw new OceanError('record-stale', 'The index lags behind the chain', {
        did: this.did
      });
    }
    return { record, tx: last };
  }

  /** Have a record validated, encrypted, written and indexed. */
  private async _write(
    ddo: IDdo,
    o: {
      task: ManageTask;
      /** The transaction of the record that it takes the place of. */
      instead: string | null;
      tell: (step: Partial<IManageStep>) => void;
    }
  ): Promise<void> {
    const { account } = this;
    const nft = await readNft(this._reader, this.nftAddress);
    const url = this._nodeUrl(nft);
    o.tell({ step: 'node' });
    await this._switchNetwork();
    const node = await this._deps.node(url, account, this.chainId);
    await node.validate(ddo);
    o.tell({ step: 'signature', prompt: 1 });
    const encryptedDdo = await node.encrypt(ddo, this.chainId);
    const hash = await ddoHash(ddo);
    const from = await this._startBlock();
    this._prompt = 1;
    const stale = (): OceanError =>
      new OceanError('record-stale', 'It was changed meanwhile', {
        did: this.did
      });
    const isWritten = async (): Promise<boolean> =>
      (await lastRecord(this._reader, this.nftAddress, from))?.hash === hash;
    const what = {
      alone: true,
      isDone: isWritten,
      build: async () => {
        const state = await stateOf(this._reader, this.nftAddress);
        if (
          (await this._lastRecord()) !== o.instead ||
          PLACEHOLDER_STATES.includes(state)
        ) {
          throw stale();
        }
        return buildMetadataTx({
          reader: this._reader,
          owner: account,
          nftAddress: this.nftAddress,
          nodeUrl: url,
          encryptedDdo,
          hash,
          // As it is now: it may have been taken off sale since it was read.
          state
        });
      }
    };
    // Named the same whatever it writes: one that may still be mined is found.
    const send = (): Promise<IReceipt | null> =>
      this._change(o.task, 'record', o.tell, what);
    let receipt = await send();
    if (receipt?.hash.toLowerCase() === o.instead) {
      // That was the one of before, on which this one is built.
      this._prompt = 1;
      receipt = await send();
    }
    if (!(await isWritten())) {
      // That was another one, which is on the chain now.
      throw stale();
    }
    const tx =
      receipt?.hash ??
      (await findMetadata(this._reader, this.nftAddress, hash, from))?.tx;
    o.tell({ step: 'index' });
    await this._listed(() =>
      node.waitIndexed(this.did, { tx, timeout: this._deps.indexTimeout })
    );
  }

  /**
   * Wait for the index after a change is mined: whatever happens to the node
   * then, the change is on the chain.
   *
   * @throws OceanError not-indexed
   */
  private async _listed(wait: () => Promise<unknown>): Promise<void> {
    try {
      await wait();
    } catch (cause) {
      if (!(cause instanceof OceanError)) {
        throw cause;
      }
      throw new OceanError('not-indexed', cause.message, cause.details, {
        cause
      });
    }
  }

  /** Wait until the index shows it, gently; late is no failure of the change. */
  private async _indexed(
    shows: (indexed: unknown) => boolean,
    tell: (step: Partial<IManageStep>) => void,
    task: ManageTask
  ): Promise<void> {
    const { pause } = await import('../ocean/receipts');
    const { nft } = this._state;
    if (!nft) {
      return;
    }
    tell({ task, step: 'index' });
    const node = await this._deps.node(this._nodeUrl(nft), null, this.chainId);
    const end = Date.now() + (this._deps.indexTimeout ?? 30_000);
    for (let wait = 300; Date.now() < end; wait = Math.min(wait * 1.5, 4000)) {
      if (shows(await node.ddo(this.did))) {
        return;
      }
      await pause(wait);
    }
  }

  private _isListedAs(state: number): (indexed: unknown) => boolean {
    return indexed => {
      const { indexedMetadata, nft } = (indexed ?? {}) as {
        indexedMetadata?: { nft?: { state?: unknown } };
        nft?: { state?: unknown };
      };
      return Number(indexedMetadata?.nft?.state ?? nft?.state) === state;
    };
  }

  private get _service(): NonNullable<IAsset['service']> {
    const service = this._state.asset?.service;
    if (!service) {
      throw new MarketError('no-access', `${this.did} has no access service`);
    }
    return service;
  }
}
