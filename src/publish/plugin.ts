import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

const plugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-web3:publish',
  description: 'The publish room.',
  autoStart: true,
  activate: () => undefined
};

export default plugin;
