/** What happens to the files of an interview, whoever does it and in whatever way. */
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { FilesChanged } from '../api/shapes';
import type { ILink } from '../api/socket';

export class FilesModel {
  constructor(options: FilesModel.IOptions) {
    options.link.on('files-changed', change => this._changed.emit(change));
  }

  /** A file or folder was made, overwritten, renamed or deleted; typing in an open document is no such change. */
  get changed(): ISignal<this, FilesChanged> {
    return this._changed;
  }

  private readonly _changed = new Signal<this, FilesChanged>(this);
}

export namespace FilesModel {
  export interface IOptions {
    link: ILink;
  }
}
