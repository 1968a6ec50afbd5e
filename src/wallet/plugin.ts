import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

const plugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-web3:wallet',
  description: 'The wallet room.',
  autoStart: true,
  activate: () => undefined
};

export default plugin;
