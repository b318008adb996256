/** Open editors and notebooks when their file is deleted: each says so, and goes on with the file if somebody puts it back. */
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import { MainAreaWidget } from '@jupyterlab/apputils';
import type { IWidgetTracker } from '@jupyterlab/apputils';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { FilesChanged } from '../api/shapes';
import { GoneNotice } from './gone';
import type { FilesModel } from './model';

interface IFollowOptions {
  model: FilesModel;
  editors: readonly IWidgetTracker<IDocumentWidget>[];
  documents: IDocumentManager;
  /** Contents path of the interview's folder. */
  folder: string;
  mayChange: () => boolean;
  trans: TranslationBundle;
}

export function followDeletions(options: IFollowOptions): void {
  const { model, editors, folder } = options;
  const notices = new Map<IDocumentWidget, GoneNotice>();
  const onChange = (_: FilesModel, change: FilesChanged): void => {
    const path = `${folder}/${change.path}`;
    if (change.change === 'deleted') {
      const say = (editor: IDocumentWidget): void => {
        if (isAt(editor.context.path, path) && !notices.has(editor) && editor instanceof MainAreaWidget) {
          const notice = makeNotice(editor, change, options);
          notices.set(editor, notice);
          editor.contentHeader.addWidget(notice);
          editor.disposed.connect(() => notices.delete(editor));
        }
      };
      editors.forEach(tracker => tracker.forEach(say));
    } else {
      [...notices.keys()].filter(editor => editor.context.path === path).forEach(editor => reopen(editor, options));
    }
  };
  model.changed.connect(onChange);
}

/** Whether the file at `path` is what is at `changed`, or in that folder. */
export function isAt(path: string, changed: string): boolean {
  return path === changed || path.startsWith(`${changed}/`);
}

function makeNotice(editor: IDocumentWidget, { username }: FilesChanged, options: IFollowOptions): GoneNotice {
  const { documents, mayChange, trans } = options;
  const putBack = async (): Promise<void> => {
    const { path } = editor.context;
    // The server tells everyone of the new file, and this editor too goes on from there.
    await documents.services.contents.save(path, contentOf(editor));
  };
  return new GoneNotice({
    who: username,
    onPutBack: mayChange() ? putBack : null,
    onClose: () => editor.dispose(),
    trans
  });
}

function contentOf({ context: { model, contentsModel } }: IDocumentWidget): Partial<Contents.IModel> {
  return contentsModel?.type === 'notebook'
    ? { type: 'notebook', format: 'json', content: model.toJSON() }
    : { type: 'file', format: 'text', content: model.toString() };
}

/** The document of the deleted file is over; the new file has one of its own. */
function reopen(editor: IDocumentWidget, { documents }: IFollowOptions): void {
  const { path, contentsModel } = editor.context;
  const isNotebook = contentsModel?.type === 'notebook';
  editor.dispose();
  documents.openOrReveal(path, isNotebook ? 'Notebook' : 'Editor');
}
