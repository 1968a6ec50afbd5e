/** The settings of the list of assets that should not be dealt in. */
import type { ISettingRegistry } from '@jupyterlab/settingregistry';

import type { Purgatory } from './purgatory';

const texts = (value: unknown): string[] =>
  (Array.isArray(value) ? (value as unknown[]) : []).filter(
    (one): one is string => typeof one === 'string'
  );

/** Keep a list as the settings say. */
export function followSettings(
  purgatory: Purgatory,
  settings: Pick<ISettingRegistry.ISettings, 'composite' | 'changed'>,
  fetcher: (url: string) => Promise<Response> = url =>
    fetch(url, {
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(20_000)
    })
): void {
  let asked = '';
  const look = (): void => {
    const { composite } = settings;
    purgatory.setOwn(texts(composite.purgatory));
    const urls = texts(composite.purgatoryLists).filter(url =>
      /^https?:\/\//.test(url)
    );
    if (urls.join() !== asked) {
      asked = urls.join();
      // Never rejects: what can't be read is told by the list.
      void purgatory.setLists(urls, fetcher);
    }
  };
  settings.changed.connect(look);
  look();
}
