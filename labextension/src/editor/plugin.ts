/** Documents of an interview can only be read by those who may not write now, and say why. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { MainAreaWidget } from '@jupyterlab/apputils';
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import { IEditorTracker } from '@jupyterlab/fileeditor';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ISession } from '../tokens';
import { lock } from './lock';
import { setReadOnly } from './notebook';
import { FrozenNotice } from './notice';

const plugin: JupyterFrontEndPlugin<void> = {
  id: '@codewithme/labextension:editor',
  description: 'Makes the editors of an interview read-only where its rules do.',
  autoStart: true,
  requires: [ISession, IEditorTracker],
  optional: [INotebookTracker, ITranslator],
  activate: (
    _app: JupyterFrontEnd,
    session: ISession | null,
    editors: IEditorTracker,
    notebooks: INotebookTracker | null,
    translator: ITranslator | null
  ) => {
    if (!session) {
      return;
    }
    const { model, documents } = session;
    const trans = (translator ?? nullTranslator).load('codewithme');
    // What the server does not accept it refuses, whatever an editor sends; this keeps the editor from offering it.
    const isReadOnly = (): boolean => model.readingReason !== null;
    const show = (): void => {
      editors.forEach(widget => {
        widget.content.editor.setOption('readOnly', isReadOnly());
        widget.toggleClass('jp-cwm-mod-reading', isReadOnly());
      });
      notebooks?.forEach(widget => {
        setReadOnly(widget, isReadOnly());
        widget.toggleClass('jp-cwm-mod-reading', isReadOnly());
      });
    };
    const take = (_: unknown, widget: IDocumentWidget): void => {
      if (widget instanceof MainAreaWidget) {
        widget.contentHeader.addWidget(new FrozenNotice(model, documents, trans));
      }
      lock(widget.context.model.sharedModel, isReadOnly);
      void widget.context.ready.then(show);
    };
    model.sessionChanged.connect(show);
    editors.widgetAdded.connect(take);
    notebooks?.widgetAdded.connect(take);
  }
};

export default plugin;
