import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

const plugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-web3:ipfs',
  description: 'The ipfs room.',
  autoStart: true,
  activate: () => undefined
};

export default plugin;
