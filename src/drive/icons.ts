import { LabIcon } from '@jupyterlab/ui-components';

/** The drive: a cube, as content-addressed blocks are drawn everywhere. */
export const cubeIcon = new LabIcon({
  name: 'jupyterlab-web3:cube',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <g class="jp-icon3" fill="#616161">
    <path d="M12 2 20.2 6.7 12 11.4 3.8 6.7z"/>
    <path d="M3 8.4 11.1 13v9.3L3 17.6z"/>
    <path d="M21 8.4V17.6L12.9 22.3V13z"/>
  </g>
</svg>`
});
