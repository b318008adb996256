/** Provides the interview of this page, its bar on top, and the way out when it is over. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { DocumentsModel } from '../documents/model';
import { askAboutUnsent } from '../documents/unsent';
import { mayFreeze, readPage } from '../page';
import { ISession } from '../tokens';
import { askToEnd } from './end';
import { connect } from './connect';
import { addFreezeCommands } from './freeze';
import { SessionModel } from './model';
import { leaveFor } from './outcome';

const plugin: JupyterFrontEndPlugin<ISession | null> = {
  id: '@codewithme/labextension:session',
  description: 'Provides the interview that this page shows.',
  autoStart: true,
  optional: [ITranslator, ICommandPalette],
  provides: ISession,
  activate: (app: JupyterFrontEnd, translator: ITranslator | null, palette: ICommandPalette | null) => {
    const page = readPage();
    if (!page?.interview) {
      return null;
    }
    const trans = (translator ?? nullTranslator).load('codewithme');
    const { sessionId, role } = page.interview;
    const { api, link, origin } = connect(page, app.serviceManager.serverSettings);
    const storage = window.sessionStorage;
    const model = new SessionModel({ api, link, origin, sessionId, role, userId: page.userId, storage });
    const documents = new DocumentsModel({ userId: page.userId, sessionId });
    model.closed.connect((_, outcome) => {
      void askAboutUnsent(documents, trans)
        .then(() => documents.forget())
        .finally(() => leaveFor(page, sessionId, outcome));
    });
    model.sessionChanged.connect(() => {
      if (model.hasEnded && documents.waiting === 0) {
        void documents.forget();
      }
    });

    if (role === 'host') {
      const command = 'codewithme:end-interview';
      app.commands.addCommand(command, {
        label: trans.__('End interview'),
        isEnabled: () => model.session !== null && !model.hasEnded,
        execute: () => askToEnd(() => model.end(), trans)
      });
      palette?.addItem({ command, category: trans.__('Interview') });
    }
    if (mayFreeze(role)) {
      addFreezeCommands(app.commands, palette, model, trans);
    }
    // Panels connect to the model while they are made; only then do its first signals find them.
    void app.started.then(() => model.start());
    return { page, interview: page.interview, model, documents };
  }
};

export default plugin;
