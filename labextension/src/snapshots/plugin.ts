/** Snapshots: the section with the list, the command that saves one, and the tab that compares one with now. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, MainAreaWidget, Notification } from '@jupyterlab/apputils';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { IDocumentManager } from '@jupyterlab/docmanager';
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import { IEditorTracker } from '@jupyterlab/fileeditor';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Toolbar } from '@jupyterlab/ui-components';
import type { LabIcon } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';
import { DisposableDelegate } from '@lumino/disposable';
import * as React from 'react';

import type { SnapshotSummary } from '../api/shapes';
import { Panel } from '../controls/boundary';
import { addIcon, bookmarkIcon } from '../controls/icons';
import { Tool } from '../controls/tool';
import { mayRestore } from '../page';
import { ILayout, ISession } from '../tokens';
import { askToRestore, askToSave } from './ask';
import { Diff } from './diff';
import { FilesNow } from './now';
import { Snapshots } from './panel';
import { titleOf } from './titles';

const SAVE = 'codewithme:save-snapshot';

const plugin: JupyterFrontEndPlugin<void> = {
  id: '@codewithme/labextension:snapshots',
  description: 'Keeps the files of an interview as they are at a moment, and brings them back.',
  autoStart: true,
  requires: [ISession, ILayout, IDocumentManager, IEditorTracker, IEditorLanguageRegistry],
  optional: [ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    session: ISession | null,
    layout: ILayout | null,
    documents: IDocumentManager,
    editors: IEditorTracker,
    languages: IEditorLanguageRegistry,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ) => {
    if (!session || !layout) {
      return;
    }
    const { model, interview } = session;
    const { snapshots } = model;
    const trans = (translator ?? nullTranslator).load('codewithme');
    const maySave = (): boolean => model.session !== null && model.readingReason === null;

    app.commands.addCommand(SAVE, {
      label: trans.__('Save a snapshot'),
      caption: trans.__('Keep all files as they are now'),
      icon: bookmarkIcon,
      isEnabled: maySave,
      isVisible: maySave,
      execute: () => askToSave(snapshots, trans)
    });
    palette?.addItem({ command: SAVE, category: trans.__('Interview') });
    model.sessionChanged.connect(() => app.commands.notifyCommandChanged(SAVE));

    const open = (snapshot: SnapshotSummary): void => {
      const id = `codewithme-snapshot-${snapshot.id}`;
      const known = [...(app.shell.widgets('main') as Iterable<MainAreaWidget>)].find(widget => widget.id === id);
      if (!known) {
        const ref = editors.currentWidget?.id;
        app.shell.add(makeDiff(snapshot, id), 'main', ref ? { mode: 'tab-after', ref } : {});
      }
      app.shell.activateById(id);
    };
    const makeDiff = (snapshot: SnapshotSummary, id: string): MainAreaWidget => {
      const now = new FilesNow({ model: snapshots, filesModel: model.files, documents, folder: interview.folder });
      const name = trans.__('%1 and now', titleOf(snapshot, trans));
      const content = new Panel({
        name,
        trans,
        className: 'jp-cwm-DiffPanel',
        view: React.createElement(Diff, {
          snapshots,
          id: snapshot.id,
          now,
          languages,
          mayRestore: () => mayRestore(model.role) && !model.hasEnded,
          onRestore: found => void askToRestore(snapshots, found, trans),
          trans
        })
      });
      const widget = new MainAreaWidget({ content });
      widget.id = id;
      widget.title.label = name;
      widget.title.icon = bookmarkIcon;
      widget.title.closable = true;
      widget.toolbar.hide();
      widget.disposed.connect(() => now.dispose());
      return widget;
    };

    const panel = new Panel({
      name: trans.__('Snapshots'),
      trans,
      className: 'jp-cwm-SnapshotsPanel',
      view: React.createElement(Snapshots, { model, onOpen: open, trans })
    });
    const button = (icon: LabIcon): Tool =>
      new Tool({
        icon,
        label: trans.__('Save a snapshot'),
        keys: CommandRegistry.formatKeystroke('Alt Shift S'),
        onClick: () => void app.commands.execute(SAVE)
      });
    const add = button(addIcon);
    const tools = new Toolbar();
    tools.addItem('save', add);
    const section = Object.assign(panel, { toolbar: tools });
    const show = (): void => {
      add.setHidden(!maySave());
      panel.title.dataset = { count: String(snapshots.snapshots.length || '') };
    };
    model.sessionChanged.connect(show);
    snapshots.changed.connect(show);
    show();
    layout.addSection('left', section, { rank: 4, share: 0.2, isFolded: true });

    app.docRegistry.addWidgetExtension('Editor', {
      createNew: widget => {
        const editor = widget as IDocumentWidget;
        const save = button(bookmarkIcon);
        const showButton = (): void => save.setHidden(!maySave());
        model.sessionChanged.connect(showButton);
        showButton();
        editor.toolbar.addItem('codewithme-snapshot', save);
        return new DisposableDelegate(() => {
          model.sessionChanged.disconnect(showButton);
          save.dispose();
        });
      }
    });

    snapshots.restored.connect((_, { userId, username, message }) => {
      if (userId !== model.userId) {
        const what = message ? trans.__('“%1”', message) : trans.__('a snapshot');
        Notification.info(trans.__('%1 restored %2 for everyone.', username, what), { autoClose: 8000 });
      }
    });
  }
};

export default plugin;
