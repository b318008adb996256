/** Keeps this browser from changing a shared document: what the server would refuse must not be shown as if it were there. */

interface IUndoable {
  undo(): boolean;
  redo(): boolean;
}

/** The parts of a shared file or notebook that changes of our own go through; others' changes take another way. */
interface ISharedDocument extends IUndoable {
  ydoc: { transact: (...args: unknown[]) => unknown };
  setState(key: string, value: unknown): void;
  /** A notebook's cells, each of which undoes by itself. */
  cells?: readonly IUndoable[];
  changed: { connect(slot: () => void): boolean };
}

/**
 * Lets nothing of this browser's into `sharedModel` while `isLocked` says so: no typing, no command, no undo.
 *
 * An editor that is read-only refuses keys, but undo and the commands of notebooks change the document without asking it.
 */
export function lock(sharedModel: unknown, isLocked: () => boolean): void {
  if (!isShared(sharedModel)) {
    return;
  }
  const { ydoc } = sharedModel;
  const transact = ydoc.transact.bind(ydoc);
  ydoc.transact = (...args) => (isLocked() ? undefined : transact(...args));
  const setState = sharedModel.setState.bind(sharedModel);
  sharedModel.setState = (key, value) => {
    if (!isLocked()) {
      setState(key, value);
    }
  };
  shutUndo(sharedModel, isLocked);
  const known = new WeakSet<IUndoable>();
  const shutCells = (): void => {
    for (const cell of sharedModel.cells ?? []) {
      if (!known.has(cell)) {
        known.add(cell);
        shutUndo(cell, isLocked);
      }
    }
  };
  shutCells();
  sharedModel.changed.connect(shutCells);
}

function shutUndo(target: IUndoable, isLocked: () => boolean): void {
  const undo = target.undo.bind(target);
  const redo = target.redo.bind(target);
  target.undo = () => !isLocked() && undo();
  target.redo = () => !isLocked() && redo();
}

function isShared(sharedModel: unknown): sharedModel is ISharedDocument {
  const { ydoc } = sharedModel as { ydoc?: { transact?: unknown } };
  return typeof ydoc?.transact === 'function';
}
