/** The Files section: the interview's folder and nothing above it. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ILayout, ISession } from '../tokens';
import { Files } from './panel';

const plugin: JupyterFrontEndPlugin<void> = {
  id: '@codewithme/labextension:files',
  description: 'The files of the interview.',
  autoStart: true,
  requires: [ISession, ILayout, IDocumentManager],
  optional: [ITranslator],
  activate: (
    _app: JupyterFrontEnd,
    session: ISession | null,
    layout: ILayout | null,
    documents: IDocumentManager,
    translator: ITranslator | null
  ) => {
    if (!session || !layout) {
      return;
    }
    const { model, interview } = session;
    const files = new Files({
      documents,
      folder: interview.folder,
      mayChange: () => model.readingReason === null,
      translator: translator ?? nullTranslator
    });
    model.sessionChanged.connect(() => files.showRights());
    const isHost = model.role === 'host';
    layout.addSection('left', files, isHost ? { rank: 2, share: 0.22 } : { rank: 2, share: 0.2 });
  }
};

export default plugin;
