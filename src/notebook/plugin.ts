import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

const plugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-web3:notebook',
  description: 'The notebook room.',
  autoStart: true,
  activate: () => undefined
};

export default plugin;
