/**
 * Settings that core applies to the default browser only, applied to ours too.
 */
import type { FileBrowser } from '@jupyterlab/filebrowser';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';

const CORE_BROWSER = '@jupyterlab/filebrowser-extension:browser';

/**
 * Mirror columns, hidden files and filter settings of the default browser. The
 * column of dates stays away: MFS keeps none.
 */
export async function mirrorCoreSettings(
  registry: ISettingRegistry,
  browser: FileBrowser
): Promise<void> {
  const settings = await registry.load(CORE_BROWSER);
  const apply = (): void => {
    const value = settings.composite as Record<string, unknown>;
    const flag = (name: string, otherwise: boolean): boolean =>
      typeof value[name] === 'boolean' ? (value[name] as boolean) : otherwise;
    browser.showFileSizeColumn = true;
    browser.showLastModifiedColumn = false;
    browser.showDateCreatedColumn = false;
    browser.showHiddenFiles = flag('showHiddenFiles', false);
    browser.showFileCheckboxes = flag('showFileCheckboxes', false);
    browser.showFullPath = flag('showFullPath', false);
    browser.showFileFilter = flag('showFileFilter', false);
    browser.sortNotebooksFirst = flag('sortNotebooksFirst', false);
    browser.singleClickNavigation = flag('singleClickNavigation', false);
    browser.model.filterDirectories = flag('filterDirectories', true);
    browser.model.useFuzzyFilter = flag('useFuzzyFilter', true);
    // Newer than JupyterLab 4.5.
    if ('sortFileNamesNaturally' in browser) {
      browser.sortFileNamesNaturally = flag('sortFileNamesNaturally', true);
    }
  };
  settings.changed.connect(apply);
  apply();
}
