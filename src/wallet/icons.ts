import { LabIcon } from '@jupyterlab/ui-components';

export const walletIcon = new LabIcon({
  name: 'jupyterlab-web3:wallet',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <path class="jp-icon3" fill="#616161" d="M5 4h12a2 2 0 0 1 2 2v1h.5A1.5 1.5 0 0 1 21 8.500v10a1.500 1.500 0 0 1-1.500 1.500H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2zm0 1.600a.4.4 0 0 0 0 1.400h12.400V6a.4.4 0 0 0-.4-.4zM4.600 8.600V18a.4.4 0 0 0 .4.4h14.400v-3H15a1.900 1.900 0 0 1 0-3.800h4.400v-3zM15 13.200h4.400v.6H15z"/>
</svg>`
});
