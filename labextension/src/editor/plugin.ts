/** Editors of an interview can be read only by those who may not write, and by everyone once it is over. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IEditorTracker } from '@jupyterlab/fileeditor';

import { mayEdit } from '../page';
import { ISession } from '../tokens';

const plugin: JupyterFrontEndPlugin<void> = {
  id: '@codewithme/labextension:editor',
  description: 'Makes the editors of an interview read-only where its rules do.',
  autoStart: true,
  requires: [ISession, IEditorTracker],
  activate: (_app: JupyterFrontEnd, session: ISession | null, editors: IEditorTracker) => {
    if (!session) {
      return;
    }
    const { model } = session;
    // The look only: what the server does not accept it refuses, whatever an editor sends.
    const show = (): void => {
      const isReadOnly = model.hasEnded || !mayEdit(model.role);
      editors.forEach(({ content }) => content.editor.setOption('readOnly', isReadOnly));
    };
    model.sessionChanged.connect(show);
    editors.widgetAdded.connect((_, editor) => void editor.context.ready.then(show));
  }
};

export default plugin;
