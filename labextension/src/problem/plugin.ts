/** The Problem section. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ILayout, ISession } from '../tokens';
import { Problem } from './panel';

const plugin: JupyterFrontEndPlugin<void> = {
  id: '@codewithme/labextension:problem',
  description: 'The problem statement of the interview.',
  autoStart: true,
  requires: [ISession, ILayout, IRenderMimeRegistry],
  optional: [ITranslator],
  activate: (
    _app: JupyterFrontEnd,
    session: ISession | null,
    layout: ILayout | null,
    rendermime: IRenderMimeRegistry,
    translator: ITranslator | null
  ) => {
    if (!session || !layout) {
      return;
    }
    const { model } = session;
    const trans = (translator ?? nullTranslator).load('codewithme');
    const panel = new Problem({ model, rendermime, trans });
    const isHost = model.role === 'host';
    layout.addSection('left', panel, isHost ? { rank: 3, share: 0.44 } : { rank: 1, share: 0.58 });
  }
};

export default plugin;
