import type { IAnnouncement } from '../../eip6963';

/** How the wallet is listed among the others. */
export const DEVELOPMENT_WALLET: IAnnouncement = {
  name: 'Development wallet',
  rdns: 'dev.jupyterlab-web3.wallet',
  icon: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="96" height="96"><rect width="24" height="24" rx="5" fill="#616161"/><path d="M9 4v5.2L4.7 17A2 2 0 0 0 6.4 20h11.2a2 2 0 0 0 1.7-3L15 9.2V4M7.8 4h8.4M7.4 14h9.2" fill="none" stroke="#fff" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/></svg>`
};
