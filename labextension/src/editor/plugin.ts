/** Documents of an interview can only be read by those who may not write now, and say why. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { MainAreaWidget } from '@jupyterlab/apputils';
import { IEditorTracker } from '@jupyterlab/fileeditor';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ISession } from '../tokens';
import { lock } from './lock';
import { FrozenNotice } from './notice';

const plugin: JupyterFrontEndPlugin<void> = {
  id: '@codewithme/labextension:editor',
  description: 'Makes the editors of an interview read-only where its rules do.',
  autoStart: true,
  requires: [ISession, IEditorTracker],
  optional: [ITranslator],
  activate: (
    _app: JupyterFrontEnd,
    session: ISession | null,
    editors: IEditorTracker,
    translator: ITranslator | null
  ) => {
    if (!session) {
      return;
    }
    const { model } = session;
    const trans = (translator ?? nullTranslator).load('codewithme');
    // What the server does not accept it refuses, whatever an editor sends; this keeps the editor from offering it.
    const show = (): void =>
      editors.forEach(widget => {
        const isReadOnly = model.readingReason !== null;
        widget.content.editor.setOption('readOnly', isReadOnly);
        widget.toggleClass('jp-cwm-mod-reading', isReadOnly);
      });
    model.sessionChanged.connect(show);
    editors.widgetAdded.connect((_, editor) => {
      if (editor instanceof MainAreaWidget) {
        editor.contentHeader.addWidget(new FrozenNotice(model, trans));
      }
      lock(editor.context.model.sharedModel, () => model.readingReason !== null);
      void editor.context.ready.then(show);
    });
  }
};

export default plugin;
