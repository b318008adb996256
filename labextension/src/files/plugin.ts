/** The Files section: the interview's folder and nothing above it. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IEditorTracker } from '@jupyterlab/fileeditor';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ILayout, ISession } from '../tokens';
import { followDeletions } from './editors';
import { Files } from './panel';

const plugin: JupyterFrontEndPlugin<void> = {
  id: '@codewithme/labextension:files',
  description: 'The files of the interview.',
  autoStart: true,
  requires: [ISession, ILayout, IDocumentManager, IEditorTracker],
  optional: [INotebookTracker, ITranslator],
  activate: (
    _app: JupyterFrontEnd,
    session: ISession | null,
    layout: ILayout | null,
    documents: IDocumentManager,
    editors: IEditorTracker,
    notebooks: INotebookTracker | null,
    translator: ITranslator | null
  ) => {
    if (!session || !layout) {
      return;
    }
    const { model, interview } = session;
    const files = new Files({
      documents,
      model: model.files,
      folder: interview.folder,
      mayChange: () => model.readingReason === null,
      translator: translator ?? nullTranslator
    });
    model.sessionChanged.connect(() => files.showRights());
    followDeletions({
      model: model.files,
      editors: notebooks ? [editors, notebooks] : [editors],
      documents,
      folder: interview.folder,
      mayChange: () => model.readingReason === null,
      trans: (translator ?? nullTranslator).load('codewithme')
    });
    const isHost = model.role === 'host';
    layout.addSection('left', files, isHost ? { rank: 2, share: 0.22 } : { rank: 2, share: 0.2 });
  }
};

export default plugin;
