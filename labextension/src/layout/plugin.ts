/** Places the parts of an interview around the editor and opens its first file. */
import { ILabShell } from '@jupyterlab/application';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IEditorTracker } from '@jupyterlab/fileeditor';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ILayout, ISession } from '../tokens';
import { addKeyboard } from './keyboard';
import { InterviewLayout } from './layout';
import { openFirstFile } from './first';

const plugin: JupyterFrontEndPlugin<ILayout | null> = {
  id: '@codewithme/labextension:interview',
  description: 'Places the parts of an interview around the editor.',
  autoStart: true,
  requires: [ISession, ILabShell, IDocumentManager, IEditorTracker],
  optional: [ITranslator, ICommandPalette],
  provides: ILayout,
  activate: (
    app: JupyterFrontEnd,
    session: ISession | null,
    shell: ILabShell,
    documents: IDocumentManager,
    editors: IEditorTracker,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ) => {
    if (!session) {
      return null;
    }
    const trans = (translator ?? nullTranslator).load('codewithme');
    if (PageConfig.Extension.isDisabled('@jupyterlab/launcher-extension:plugin')) {
      // Lab asks for its launcher wherever nothing is open yet, also where the server keeps it away.
      app.commands.addCommand('launcher:create', { execute: () => undefined });
    }
    const layout = new InterviewLayout({
      shell,
      isHost: session.model.role === 'host',
      translator: translator ?? nullTranslator,
      labels: { left: trans.__('Interview'), right: trans.__('Talk') }
    });
    addKeyboard({ app, shell, layout, editors, palette, trans });
    void app.restored.then(() => layout.build(() => openFirstFile(documents, session.interview.folder, session.model)));
    return layout;
  }
};

export default plugin;
