import { LabIcon } from '@jupyterlab/ui-components';

/** The drive: a cube, as content-addressed blocks are drawn everywhere. */
export const cubeIcon = new LabIcon({
  name: 'jupyterlab-web3:cube',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <g class="jp-icon3" fill="none" stroke="#616161" stroke-width="1.8" stroke-linejoin="round">
    <path class="jp-icon3 jp-icon-none" d="M12 2.6 20 7.3v9.4l-8 4.7-8-4.7V7.3z" fill="none" stroke="#616161"/>
    <path d="M4.2 7.4 12 12l7.8-4.6M12 12v9.2" fill="none"/>
  </g>
</svg>`
});
