import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

const plugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-web3:market',
  description: 'The market room.',
  autoStart: true,
  activate: () => undefined
};

export default plugin;
