/**
 * Registers the commands that put files on the drive and take them off it; what
 * they do is loaded when one is used.
 */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import {
  downloadIcon,
  fileUploadIcon,
  linkIcon
} from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { CommandIDs, describedBy } from '../commands';
import type { ICommandContext } from './commands';
import { cubeIcon } from './icons';

export function addDriveCommands(
  app: JupyterFrontEnd,
  context: ICommandContext
): void {
  const { commands } = app;
  const { trans } = context;
  type Module = typeof import('./commands');
  type Args = ReadonlyPartialJSONObject;

  const add = (
    id: string,
    words: { label: string; caption: string; icon?: typeof cubeIcon },
    run: (module: Module, args: Args) => Promise<unknown>,
    tell = true
  ): void => {
    commands.addCommand(id, {
      ...words,
      describedBy: describedBy(id),
      execute: async args => {
        try {
          return await run(await import('./commands'), args);
        } catch (error) {
          if (tell) {
            const { describeError } = await import('./words');
            Notification.error(describeError(error, trans), {
              autoClose: 10_000
            });
          }
          throw error;
        }
      }
    });
  };
  const path = (args: Args, name = 'path'): string | undefined =>
    typeof args[name] === 'string' ? args[name] : undefined;
  const sources = (args: Args): string[] => {
    const from = path(args, 'from');
    return from === undefined ? [] : [from];
  };

  add(
    CommandIDs.ipfsUpload,
    {
      label: trans.__('Upload to the IPFS drive…'),
      caption: trans.__('Choose files to put on the IPFS drive'),
      icon: fileUploadIcon
    },
    (module, args) => module.upload(context, path(args)),
    false
  );
  add(
    CommandIDs.ipfsCopyCid,
    {
      label: trans.__('Copy CID'),
      caption: trans.__('Copy the content identifier to the clipboard')
    },
    (module, args) => module.copyCid(context, path(args))
  );
  add(
    CommandIDs.ipfsCopyLink,
    {
      label: trans.__('Copy Link'),
      caption: trans.__('Copy a link that works where the content is shared'),
      icon: linkIcon
    },
    (module, args) => module.copyLink(context, path(args))
  );
  add(
    CommandIDs.ipfsDownload,
    {
      label: trans.__('Download'),
      caption: trans.__('Download to this computer'),
      icon: downloadIcon
    },
    (module, args) => module.download(context, path(args))
  );
  add(
    CommandIDs.ipfsCopyToDrive,
    {
      label: trans.__('Copy to the IPFS Drive'),
      caption: trans.__('Copy files and folders of the workspace to IPFS'),
      icon: cubeIcon
    },
    (module, args) =>
      module.copyAcross(context, 'drive', sources(args), path(args, 'to')),
    false
  );
  add(
    CommandIDs.ipfsCopyToWorkspace,
    {
      label: trans.__('Copy to the Workspace'),
      caption: trans.__('Copy files and folders of the IPFS drive to Jupyter')
    },
    async (module, args) => {
      const [from] = sources(args);
      if (args.takeOff === true && from !== undefined) {
        const { takeOffDrive } = await import('./takingOff');
        return takeOffDrive(context, from, path(args, 'to') ?? '');
      }
      return module.copyAcross(
        context,
        'workspace',
        sources(args),
        path(args, 'to')
      );
    },
    false
  );
  add(
    CommandIDs.ipfsMoveToKubo,
    {
      label: trans.__('Move the Files of This Browser to Kubo'),
      caption: trans.__(
        'Copy all files that this browser keeps to the Kubo node, checked, and use that'
      )
    },
    async () => {
      const { moveToKubo } = await import('./embedded');
      return moveToKubo(context.ipfs, trans);
    },
    false
  );
}
