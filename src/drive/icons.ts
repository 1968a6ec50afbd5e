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

/** Import: a cube that an arrow goes into. */
export const importIcon = new LabIcon({
  name: 'jupyterlab-web3:import',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <g class="jp-icon3" fill="#616161">
    <path d="M3 10.4 11.1 15v7.3L3 17.6z"/>
    <path d="M21 10.4V17.6L12.9 22.3V15z"/>
    <path d="M11 2h2v6h3l-4 4.5L8 8h3z"/>
  </g>
</svg>`
});

export const infoIcon = new LabIcon({
  name: 'jupyterlab-web3:info',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <path class="jp-icon3" fill="#616161" d="M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm0 2a8 8 0 1 1 0 16 8 8 0 0 1 0-16zm-1 3v2h2V7zm0 4v6h2v-6z"/>
</svg>`
});
