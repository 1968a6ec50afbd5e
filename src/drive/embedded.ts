/**
 * What the drive says and asks when the page itself keeps the files.
 */
import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { IpfsError, IpfsOfflineError, isCancelled } from '../ipfs/errors';
import { type IMoved, moveFiles, removeMoved } from '../ipfs/move';
import type { IIpfs, IIpfsEngines } from '../tokens';
import { ProgressNotice } from './notify';
import { PRIVATE_FOLDER } from './paths';
import { describeError, formatBytes } from './words';

/** How long good news stays, in milliseconds. */
const GOOD_NEWS = 6000;

/** “What does this mean?”: where the bytes are, and what that is good for. */
export async function showMeaning(
  ipfs: IIpfs,
  trans: TranslationBundle
): Promise<void> {
  const { engines } = ipfs;
  if (!engines) {
    return;
  }
  const { repoSize, quota, persisted } = await ipfs.refresh();
  const body = new Widget();
  body.addClass('jp-web3-drive-meaning');
  const paragraph = (text: string): void => {
    const node = document.createElement('p');
    node.textContent = text;
    body.node.append(node);
  };
  paragraph(
    trans.__(
      'The files of this drive are kept by your browser, for the address %1. They are on no IPFS node, and nothing is sent anywhere.',
      location.host
    )
  );
  const list = document.createElement('ul');
  const point = (text: string): void => {
    const node = document.createElement('li');
    node.textContent = text;
    list.append(node);
  };
  point(
    trans.__(
      'Nobody else can fetch them by their CID, not even with this page open, until they are on an IPFS node or pinned at a service that takes uploads.'
    )
  );
  point(
    trans.__(
      'Another browser, a private window, or Jupyter at another address or port has other files.'
    )
  );
  point(
    trans.__(
      'Clearing the data of this site in the browser removes them. There is no other copy.'
    )
  );
  point(
    persisted
      ? trans.__('The browser promised to keep them when space is short.')
      : trans.__(
          'The browser may remove them when space is short: it has not promised to keep them.'
        )
  );
  point(trans.__('Their CIDs are the ones that any IPFS node gives them.'));
  body.node.append(list);
  if (repoSize !== undefined && quota !== undefined) {
    paragraph(
      trans.__(
        'Used by this site: %1 of the %2 that the browser allows.',
        formatBytes(repoSize),
        formatBytes(quota)
      )
    );
  }
  const { button } = await showDialog({
    title: trans.__('In this browser only'),
    body,
    buttons: [
      Dialog.createButton({
        label: trans.__('Free space'),
        caption: trans.__('Remove what no file and no pin needs any more'),
        accept: false,
        actions: ['free']
      }),
      ...(persisted
        ? []
        : [
            Dialog.createButton({
              label: trans.__('Ask the browser to keep them'),
              accept: false,
              actions: ['persist']
            })
          ]),
      Dialog.okButton({ label: trans.__('Close') })
    ]
  });
  await act(button.actions[0], engines, trans);
}

async function act(
  action: string | undefined,
  engines: IIpfsEngines,
  trans: TranslationBundle
): Promise<void> {
  if (action === 'free') {
    const gone = await (await engines.browser()).free();
    Notification.info(
      gone === null
        ? trans.__('Files are being written just now; try again afterwards.')
        : trans._n(
            '%1 block that nothing needs was removed.',
            '%1 blocks that nothing needs were removed.',
            gone
          ),
      { autoClose: GOOD_NEWS }
    );
  } else if (action === 'persist') {
    const kept = await (await engines.browser()).persist();
    Notification.info(
      kept
        ? trans.__('The browser promised to keep the files of this drive.')
        : trans.__(
            'The browser did not promise it. Some do once a site is used more often, or is installed or bookmarked.'
          ),
      { autoClose: GOOD_NEWS }
    );
  }
}

/**
 * Move the files of this browser to the Kubo that was found, and use that from
 * then on. Null when the person cancelled.
 */
export async function moveToKubo(
  ipfs: IIpfs,
  trans: TranslationBundle
): Promise<IMoved | null> {
  const { engines } = ipfs;
  if (!engines) {
    throw new IpfsError('refused', 'There is one IPFS node to use, no other');
  }
  const controller = new AbortController();
  const text = trans.__('Moving the files of this browser to the IPFS node');
  const notice = new ProgressNotice(trans, text, () => controller.abort());
  let moved: IMoved;
  try {
    const { state, endpoint, reason } = await engines.kubo.refresh();
    if (state !== 'online') {
      throw new IpfsOfflineError(endpoint, reason ?? '');
    }
    moved = await moveFiles(await engines.browser(), engines.kubo, {
      folder: trans.__(
        'From this browser (%1)',
        new Date().toISOString().slice(0, 10)
      ),
      own: PRIVATE_FOLDER,
      signal: controller.signal,
      onProgress: part => notice.update(text, part)
    });
    await engines.use('kubo');
  } catch (error) {
    notice.failed(error);
    if (isCancelled(error)) {
      return null;
    }
    throw error;
  }
  notice.done(
    moved.folder
      ? trans.__(
          'The files of this browser are on the IPFS node, checked, in the folder “%1”.',
          moved.folder
        )
      : trans.__('The files of this browser are on the IPFS node, checked.')
  );
  await offerRemoval(engines, moved, trans);
  return moved;
}

/** Only what was moved is removed, and only when the person says so. */
async function offerRemoval(
  engines: IIpfsEngines,
  moved: IMoved,
  trans: TranslationBundle
): Promise<void> {
  const { button } = await showDialog({
    title: trans.__('Remove the copy in this browser?'),
    body: trans.__(
      'The node has every block of it, and the drive shows the node from now on. Without the copy this browser has its space back.'
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Keep the copy') }),
      Dialog.warnButton({ label: trans.__('Remove the copy') })
    ],
    defaultButton: 0
  });
  if (!button.accept) {
    return;
  }
  try {
    const browser = await engines.browser();
    if (!(await removeMoved(browser, moved))) {
      Notification.warning(
        trans.__(
          'The copy was kept: files in this browser were changed meanwhile, perhaps in another tab.'
        )
      );
      return;
    }
    await browser.free();
  } catch (error) {
    Notification.error(describeError(error, trans));
  }
}
