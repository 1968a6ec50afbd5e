import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

const plugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-web3:drive',
  description: 'The drive room.',
  autoStart: true,
  activate: () => undefined
};

export default plugin;
