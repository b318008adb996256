/** All files of the interview as they are at this moment, kept up to date while somebody looks. */
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { FilesModel } from '../files/model';
import type { SnapshotsModel } from './model';

/** A pause in typing after which the comparison follows. */
const QUIET_MS = 300;

/**
 * The server is asked for all files once, and again when there are other files. In between the texts of open editors, which
 * have every letter at once, are laid over its answer.
 */
export class FilesNow implements IDisposable {
  constructor(options: FilesNow.IOptions) {
    this._options = options;
    options.filesModel.changed.connect(this._fetchSoon, this);
    options.model.restored.connect(this._fetchSoon, this);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get files(): Readonly<Record<string, string>> {
    return this._files;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      Signal.clearData(this);
      window.clearTimeout(this._timer);
      this._followed.forEach(context => this._unfollow(context));
      Signal.clearData(this);
    }
  }

  /** Asks the server. Raises ApiError. */
  async fetch(): Promise<void> {
    const files = await this._options.model.now();
    if (this._isDisposed) {
      return;
    }
    this._files = files;
    this._follow();
    this._lay();
  }

  private _follow(): void {
    const { documents, folder } = this._options;
    for (const path of Object.keys(this._files)) {
      const widget = documents.findWidget(`${folder}/${path}`, 'Editor');
      const context = widget && documents.contextForWidget(widget);
      if (context && !this._followed.has(context)) {
        this._followed.add(context);
        context.model.contentChanged.connect(this._laySoon, this);
        context.disposed.connect(this._unfollow, this);
      }
    }
  }

  private _unfollow(context: DocumentRegistry.Context): void {
    this._followed.delete(context);
    context.model.contentChanged.disconnect(this._laySoon, this);
    context.disposed.disconnect(this._unfollow, this);
  }

  private _lay(): void {
    const files = { ...this._files };
    for (const context of this._followed) {
      const path = context.path.slice(this._options.folder.length + 1);
      if (context.isReady && path in files) {
        files[path] = context.model.toString();
      }
    }
    this._files = files;
    this._changed.emit();
  }

  private _laySoon(): void {
    this._soon(() => this._lay());
  }

  private _fetchSoon(): void {
    // What cannot be fetched now stays as it was; the next change asks again.
    this._soon(() => void this.fetch().catch(() => undefined));
  }

  private _soon(work: () => void): void {
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(work, QUIET_MS);
  }

  private _files: Readonly<Record<string, string>> = {};
  private _isDisposed = false;
  private _timer = 0;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _followed = new Set<DocumentRegistry.Context>();
  private readonly _options: FilesNow.IOptions;
}

export namespace FilesNow {
  export interface IOptions {
    model: SnapshotsModel;
    filesModel: FilesModel;
    documents: IDocumentManager;
    /** Contents path of the interview's folder. */
    folder: string;
  }
}
