import { LabIcon } from '@jupyterlab/ui-components';

/** A drawing pin: what stays where it is. */
export const pinIcon = new LabIcon({
  name: 'jupyterlab-web3:pin',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <g class="jp-icon3" fill="#616161">
    <path d="M8 2h8v2h-1.2v6.2L18 13.4V15h-5v6l-1 1.5L11 21v-6H6v-1.6l3.2-3.2V4H8z"/>
  </g>
</svg>`
});
