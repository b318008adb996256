/** Run in the editors' toolbar, the output below them, and the language of the interview. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import type { DocumentRegistry, IDocumentWidget } from '@jupyterlab/docregistry';
import { IEditorTracker } from '@jupyterlab/fileeditor';
import type { FileEditor } from '@jupyterlab/fileeditor';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { DisposableDelegate } from '@lumino/disposable';
import type { IDisposable } from '@lumino/disposable';
import * as React from 'react';

import { sentence } from '../api/errors';
import { Panel } from '../controls/boundary';
import { outputIcon, playIcon, stopIcon } from '../controls/icons';
import { ILayout, ISession } from '../tokens';
import { languageOf } from './languages';
import { Output } from './output';
import { openLanguageFile } from './switch';
import { RunItem } from './toolbar';

const RUN = 'codewithme:run';
const STOP = 'codewithme:stop';

type Editor = IDocumentWidget<FileEditor>;

const plugin: JupyterFrontEndPlugin<void> = {
  id: '@codewithme/labextension:execution',
  description: 'Runs the code of an interview; everyone sees the output.',
  autoStart: true,
  requires: [ISession, ILayout, IDocumentManager, IEditorTracker],
  optional: [ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    session: ISession | null,
    layout: ILayout | null,
    documents: IDocumentManager,
    editors: IEditorTracker,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ) => {
    if (!session || !layout) {
      return;
    }
    const { model, interview } = session;
    const { execution } = model;
    const trans = (translator ?? nullTranslator).load('codewithme');

    const run = async (path: string): Promise<void> => {
      const language = languageOf(path, execution.languages, model.session?.language ?? '');
      const entry = path.startsWith(`${interview.folder}/`) ? path.slice(interview.folder.length + 1) : path;
      await execution.start({ language: language?.id ?? model.session?.language ?? '', entry });
    };
    const chooseLanguage = async (id: string): Promise<void> => {
      try {
        await model.chooseLanguage(id);
        await openLanguageFile(documents, interview.folder, execution.languages, id);
      } catch (error) {
        Notification.error(trans.__('The language was not changed. %1', sentence(error)));
      }
    };

    app.commands.addCommand(RUN, {
      label: trans.__('Run the code'),
      caption: trans.__('Run the code; everyone sees the output'),
      icon: playIcon,
      isEnabled: () => model.readingReason === null && editors.currentWidget !== null,
      execute: async () => {
        if (editors.currentWidget && !execution.isRunning) {
          await run(editors.currentWidget.context.path);
        }
      }
    });
    app.commands.addCommand(STOP, {
      label: trans.__('Stop the run'),
      icon: stopIcon,
      isEnabled: () => model.readingReason === null && execution.isRunning,
      execute: () => execution.stop()
    });
    for (const command of [RUN, STOP]) {
      palette?.addItem({ command, category: trans.__('Interview') });
      for (const signal of [execution.changed, model.sessionChanged]) {
        signal.connect(() => app.commands.notifyCommandChanged(command));
      }
    }

    const makeItem = (editor: Editor, context: DocumentRegistry.Context): IDisposable => {
      const item = new RunItem({
        model,
        document: editor,
        keys: {
          run: CommandRegistry.formatKeystroke('Accel Enter'),
          stop: CommandRegistry.formatKeystroke('Accel Shift .')
        },
        trans,
        onRun: () => void run(context.path),
        onStop: () => void execution.stop(),
        onLanguage: id => void chooseLanguage(id)
      });
      editor.toolbar.insertItem(0, 'codewithme-run', item);
      return new DisposableDelegate(() => item.dispose());
    };
    app.docRegistry.addWidgetExtension('Editor', {
      createNew: (editor, context) => makeItem(editor as Editor, context)
    });

    const output = new Panel({
      name: trans.__('Output'),
      trans,
      className: 'jp-cwm-OutputPanel',
      view: React.createElement(Output, { model, trans })
    });
    output.id = 'codewithme-output';
    output.title.icon = outputIcon;
    output.title.closable = false;
    layout.setBelow(output);

    model.languageChosen.connect((_, { language, username }) => {
      const name = execution.languages.find(({ id }) => id === language)?.name ?? language;
      Notification.info(trans.__('%1 chose %2', username, name), {
        autoClose: 8000,
        actions: [
          {
            label: trans.__('Open its file'),
            callback: () => void openLanguageFile(documents, interview.folder, execution.languages, language)
          }
        ]
      });
    });
  }
};

export default plugin;
