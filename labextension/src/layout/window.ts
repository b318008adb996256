/** Lets one person open an interview in several tabs. */
import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IWindowResolver } from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';

const plugin: JupyterFrontEndPlugin<IWindowResolver> = {
  id: '@codewithme/labextension:window',
  description: 'Names the layout of this tab after its address, also where another tab has the same one.',
  autoStart: true,
  provides: IWindowResolver,
  // JupyterLab sends a second tab away to a layout of its own, whose address is no interview's.
  activate: (): IWindowResolver => ({
    name: PageConfig.getOption('workspace') || PageConfig.defaultWorkspace
  })
};

export default plugin;
