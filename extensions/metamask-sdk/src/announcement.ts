import type { IAnnouncement } from '../../eip6963';

/** How the wallet is listed among the others. */
export const PHONE_WALLET: IAnnouncement = {
  name: 'Phone (QR)',
  rdns: 'dev.jupyterlab-web3.phone',
  icon: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="96" height="96"><rect width="24" height="24" rx="5" fill="#616161"/><path d="M8.5 4h7a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1h-7a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1zM11 17.5h2" fill="none" stroke="#fff" stroke-width="1.6" stroke-linecap="round"/></svg>`
};
