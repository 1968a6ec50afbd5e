import { LabIcon } from '@jupyterlab/ui-components';

/** A parcel going up: publishing. */
export const publishIcon = new LabIcon({
  name: 'jupyterlab-web3:publish',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <g class="jp-icon3" fill="#616161">
    <path d="M12 2 6.5 7.5l1.4 1.4L11 5.8V15h2V5.8l3.1 3.1 1.4-1.4z"/>
    <path d="M3 12v8a1 1 0 0 0 1 1h16a1 1 0 0 0 1-1v-8h-2v7H5v-7z"/>
  </g>
</svg>`
});
