/** Links that open an asset in this JupyterLab. */
import type { IRouter } from '@jupyterlab/application';

import { findDid } from '../../ocean/catalogue';
import { LINK_PARAMETER } from './pageServices';

/**
 * The asset that the address of the page names, or null. The address is cleaned
 * of it: a reload restores the tab anyhow, and somebody may have closed it.
 *
 * @param location - what the router passes on (`IRouter.ILocation`)
 */
export function openLink(
  location: { [key: string]: unknown },
  router: Pick<IRouter, 'navigate'> | null
): string | null {
  const { path, search, hash } = location;
  const query = new URLSearchParams(typeof search === 'string' ? search : '');
  const did = findDid(query.get(LINK_PARAMETER) ?? '');
  query.delete(LINK_PARAMETER);
  const rest = query.toString();
  router?.navigate(
    `${typeof path === 'string' ? path : ''}${rest && `?${rest}`}${
      typeof hash === 'string' ? hash : ''
    }`,
    { skipRouting: true }
  );
  return did;
}
