/** The session bar, the status bar's item and the banners that tell of the connection. */
import { ILabShell } from '@jupyterlab/application';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { MainAreaWidget } from '@jupyterlab/apputils';
import { IEditorTracker } from '@jupyterlab/fileeditor';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';
import * as React from 'react';

import { Panel } from '../controls/boundary';
import { insertBar } from '../layout/shell';
import { SessionBar } from '../session/bar';
import { ISession } from '../tokens';
import { Banner } from './banner';
import { ConnectionModel } from './model';
import { StatusBarConnection } from './status';

const plugin: JupyterFrontEndPlugin<void> = {
  id: '@codewithme/labextension:connection',
  description: 'Tells whether what is written reaches the others.',
  autoStart: true,
  requires: [ISession, ILabShell, IEditorTracker],
  optional: [INotebookTracker, IStatusBar, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    session: ISession | null,
    shell: ILabShell,
    editors: IEditorTracker,
    notebooks: INotebookTracker | null,
    statusBar: IStatusBar | null,
    translator: ITranslator | null
  ) => {
    if (!session) {
      return;
    }
    const trans = (translator ?? nullTranslator).load('codewithme');
    const { model, page, documents } = session;
    const connection = new ConnectionModel({ link: model.link, documents });
    const dashboard = `${page.baseUrl}lab`;

    // JupyterLab tells of a lost connection in a dialog over the editor. We tell of it above the editor, where one goes on
    // writing. Its slot is the only one on this signal, and it is connected while plugins start.
    void app.started.then(() => Signal.disconnectSender(app.serviceManager));

    const bar = new Panel({
      name: trans.__('The bar'),
      trans,
      className: 'jp-cwm-Bar',
      view: React.createElement(SessionBar, {
        model,
        connection,
        dashboard,
        freezeKeys: CommandRegistry.formatKeystroke('Alt Shift F'),
        trans
      })
    });
    bar.id = 'codewithme-bar';
    bar.toggleClass('jp-mod-tall', model.role !== 'host');
    insertBar(shell, bar);

    const tell = (_: unknown, widget: Widget): void => {
      if (widget instanceof MainAreaWidget) {
        widget.contentHeader.addWidget(new Banner(connection, documents, trans));
      }
    };
    editors.widgetAdded.connect(tell);
    notebooks?.widgetAdded.connect(tell);

    statusBar?.registerStatusItem('codewithme:connection', {
      item: new Panel({
        name: trans.__('Connection'),
        trans,
        className: 'jp-cwm-StatusItem',
        view: React.createElement(StatusBarConnection, { connection, trans })
      }),
      align: 'left',
      rank: 0
    });
  }
};

export default plugin;
