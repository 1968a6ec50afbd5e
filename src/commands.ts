/**
 * The commands of the suite: their ids. With the schemas of arguments and results
 * (commandSchemas.ts) they are an interface: people script them, tests drive them.
 *
 * Every command: cancelled by the person → resolves to null; failed → rejects
 * with a typed error.
 */
import type { ReadonlyJSONObject } from '@lumino/coreutils';

export namespace CommandIDs {
  export const walletOpen = 'wallet:open';
  export const walletConnect = 'wallet:connect';
  export const walletDisconnect = 'wallet:disconnect';
  export const walletSignIn = 'wallet:sign-in';
  export const walletSwitchNetwork = 'wallet:switch-network';

  export const ipfsUpload = 'ipfs:upload';
  export const ipfsCopyCid = 'ipfs:copy-cid';
  export const ipfsCopyLink = 'ipfs:copy-link';
  export const ipfsDownload = 'ipfs:download';
  export const ipfsCopyToDrive = 'ipfs:copy-to-drive';
  export const ipfsCopyToWorkspace = 'ipfs:copy-to-workspace';
  export const ipfsMoveToKubo = 'ipfs:move-to-kubo';
  export const ipfsSaveOutput = 'ipfs:save-output';
  export const ipfsInfo = 'ipfs:info';
  export const ipfsDag = 'ipfs:dag';
  export const ipfsVerify = 'ipfs:verify';
  export const ipfsOpenCid = 'ipfs:open-cid';
  export const ipfsImportCid = 'ipfs:import-cid';
  export const ipfsImportList = 'ipfs:import-list';
  export const ipfsImportCar = 'ipfs:import-car';
  export const ipfsExportCar = 'ipfs:export-car';
  export const ipfsExportZip = 'ipfs:export-zip';
  export const ipfsPublishName = 'ipfs:publish-name';
  export const ipfsUploadFolder = 'ipfs:upload-folder';
  export const ipfsPaste = 'ipfs:paste';
  export const ipfsHistory = 'ipfs:history';
  export const ipfsRestore = 'ipfs:restore';
  export const ipfsUndo = 'ipfs:undo';
  export const ipfsSearch = 'ipfs:search';
  export const ipfsGoUp = 'ipfs:go-up';
  export const ipfsCidColumn = 'ipfs:toggle-cid-column';

  export const pinningPin = 'pinning:pin';
  export const pinningUnpin = 'pinning:unpin';
  export const pinningOpen = 'pinning:open';
  export const pinningFilecoin = 'pinning:filecoin';

  export const oceanPublish = 'ocean:publish';
  export const oceanPublishOutput = 'ocean:publish-output';
  export const oceanPublishNotebook = 'ocean:publish-notebook';
  export const oceanEstimate = 'ocean:estimate';
  export const oceanResume = 'ocean:resume';

  export const marketOpen = 'market:open';
  export const marketSearch = 'market:search';
  export const marketAsset = 'market:asset';
  export const marketLink = 'market:open-link';
  export const marketBuy = 'market:buy';
  export const marketDownload = 'market:download';
  export const marketInsertCode = 'market:insert-code';
  export const marketManage = 'market:manage';
  export const marketPublishVersion = 'market:publish-version';
}

/** `describedBy` of a command, for `commands.addCommand`: its schema, once asked. */
export function describedBy(
  id: string
): () => Promise<{ args: ReadonlyJSONObject }> {
  return async () => {
    const { commandSchemas } = await import('./commandSchemas');
    return { args: commandSchemas[id].args };
  };
}
