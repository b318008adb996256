/** Tells the connection what happens in an open document: this person's edits, and whether they are saved. */
import type { DocumentRegistry } from '@jupyterlab/docregistry';

import type { ConnectionModel } from './model';

/** The part of a Yjs document that we listen to; documents that are not shared do not have it. */
interface ISharedDocument {
  on(event: 'afterTransaction', handler: (transaction: ITransaction) => void): void;
  off(event: 'afterTransaction', handler: (transaction: ITransaction) => void): void;
}

interface ITransaction {
  local: boolean;
  changed: Map<unknown, unknown>;
}

export function followEdits(context: DocumentRegistry.Context, connection: ConnectionModel): void {
  void context.ready.then(() => {
    const { model } = context;
    const document = sharedDocument(model.sharedModel);
    const onTransaction = ({ local, changed }: ITransaction): void => {
      if (local && changed.size > 0) {
        connection.noteEdit();
      }
    };
    const onState = (): void => connection.noteSaved(context.path, !model.dirty);
    document?.on('afterTransaction', onTransaction);
    model.stateChanged.connect(onState);
    context.disposed.connect(() => {
      document?.off('afterTransaction', onTransaction);
      connection.noteSaved(context.path, true);
    });
  });
}

function sharedDocument(sharedModel: unknown): ISharedDocument | null {
  const document = (sharedModel as { ydoc?: ISharedDocument }).ydoc;
  return document && typeof document.on === 'function' ? document : null;
}
