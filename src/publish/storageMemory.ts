/** Where the person had things kept last, by chain and account. */
const KEY = 'jupyterlab-web3:publish:storage';

export interface IStorageMemory {
  read(chainId: number, account: string | null): string[];
  write(chainId: number, account: string | null, storage: string[]): void;
}

/** Ids of providers only; what else may lie there is left out. */
export function storageMemory(
  store: Pick<Storage, 'getItem' | 'setItem'>
): IStorageMemory {
  const key = (chainId: number, account: string | null): string =>
    `${KEY}:${chainId}:${account?.toLowerCase() ?? ''}`;
  return {
    read: (chainId, account) => {
      try {
        const found: unknown = JSON.parse(
          store.getItem(key(chainId, account)) ?? '[]'
        );
        return Array.isArray(found)
          ? found.filter((id): id is string => typeof id === 'string')
          : [];
      } catch (error) {
        // Somebody else wrote there: as if nothing was chosen yet.
        console.warn('Publish: what was chosen last can’t be read', error);
        return [];
      }
    },
    write: (chainId, account, storage) => {
      try {
        store.setItem(key(chainId, account), JSON.stringify(storage));
      } catch (error) {
        // A convenience only: the next dialog starts without it.
        console.warn('Publish: what was chosen can’t be kept', error);
      }
    }
  };
}
