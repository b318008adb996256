/** Whether what this person writes reaches the others: the live connection and the edits that wait for it. */
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { ILink } from '../api/socket';

export type ConnectionState =
  | { kind: 'connecting' | 'saved' | 'saving' }
  | { kind: 'offline'; edits: number }
  | { kind: 'reconnecting'; edits: number; attempt: number; nextAt: number | null }
  | { kind: 'back'; edits: number };

/** How long "Back online" stays. */
const SAY_BACK_FOR_MS = 4_000;

export class ConnectionModel implements IDisposable {
  constructor(options: ConnectionModel.IOptions) {
    this._link = options.link;
    this._link.stateChanged.connect(this._onLink, this);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get state(): ConnectionState {
    const link = this._link.state;
    switch (link.kind) {
      case 'connecting':
        return { kind: 'connecting' };
      case 'offline':
        return { kind: 'offline', edits: this._edits };
      case 'reconnecting':
        return { kind: 'reconnecting', edits: this._edits, attempt: link.attempt, nextAt: link.nextAt };
      case 'refused':
        return { kind: 'reconnecting', edits: this._edits, attempt: 1, nextAt: null };
      case 'connected':
        return this._isBack
          ? { kind: 'back', edits: this._edits }
          : { kind: this._unsaved.size > 0 ? 'saving' : 'saved' };
    }
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    window.clearTimeout(this._timer);
    Signal.clearData(this);
  }

  /** This person changed a document; counted while nobody hears of it. */
  noteEdit(): void {
    if (this._wasLost) {
      this._edits += 1;
      this._changed.emit();
    }
  }

  /** The document at `path` has, or has no longer, changes that the server has not saved. */
  noteSaved(path: string, isSaved: boolean): void {
    if (isSaved ? this._unsaved.delete(path) : !this._unsaved.has(path) && this._unsaved.add(path)) {
      this._changed.emit();
    }
  }

  private _onLink(): void {
    const { kind } = this._link.state;
    if (kind === 'connected') {
      this._onConnected();
    } else if (kind !== 'connecting') {
      this._wasLost = true;
      this._isBack = false;
      window.clearTimeout(this._timer);
    }
    this._changed.emit();
  }

  private _onConnected(): void {
    if (!this._wasLost) {
      return;
    }
    this._wasLost = false;
    this._isBack = true;
    this._timer = window.setTimeout(() => {
      this._isBack = false;
      this._edits = 0;
      this._changed.emit();
    }, SAY_BACK_FOR_MS);
  }

  private _edits = 0;
  private _isBack = false;
  private _isDisposed = false;
  private _timer = 0;
  private _wasLost = false;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _link: ILink;
  private readonly _unsaved = new Set<string>();
}

export namespace ConnectionModel {
  export interface IOptions {
    link: ILink;
  }
}
