/** Whether what this person writes reaches the others: the live connection, and the documents' own. */
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { ILink } from '../api/socket';

export type ConnectionState =
  | { kind: 'connecting' | 'saved' | 'saving' | 'replaced' }
  /** The server takes what is written and cannot store it; `reason` is its sentence. */
  | { kind: 'unsaved'; reason: string }
  /** Edits that the server did not take because this person may not write now. */
  | { kind: 'refused'; edits: number }
  /** Edits of an earlier page that fit no document any more. */
  | { kind: 'aside'; edits: number }
  /** `isKept`: edits outlive a reload of the page. */
  | { kind: 'offline'; edits: number; isKept: boolean }
  | { kind: 'reconnecting'; edits: number; attempt: number; nextAt: number | null }
  /** `isNews`: the edits were made before the page was opened, so no banner has told of them. */
  | { kind: 'back'; edits: number; isNews: boolean };

/** What we need to know of the open documents. */
export interface IDocuments {
  readonly changed: ISignal<unknown, void>;
  readonly isLost: boolean;
  readonly attempts: number;
  readonly waiting: number;
  readonly refused: number;
  readonly restored: number;
  readonly isUnsaved: boolean;
  readonly isReplaced: boolean;
  readonly areKept: boolean;
  readonly trouble: string;
  readonly aside: { edits: number } | null;
  reconnect(): void;
}

/** How long "Back online" stays. */
const SAY_BACK_FOR_MS = 4_000;

export class ConnectionModel implements IDisposable {
  constructor(options: ConnectionModel.IOptions) {
    this._link = options.link;
    this._documents = options.documents;
    this._link.stateChanged.connect(this._onLink, this);
    this._documents.changed.connect(this._onDocuments, this);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get state(): ConnectionState {
    const { _link: link, _documents: documents } = this;
    const edits = documents.waiting;
    switch (link.state.kind) {
      case 'connecting':
        return { kind: 'connecting' };
      case 'offline':
        return { kind: 'offline', edits, isKept: documents.areKept };
      case 'reconnecting':
        return { kind: 'reconnecting', edits, attempt: link.state.attempt, nextAt: link.state.nextAt };
      case 'refused':
        return { kind: 'reconnecting', edits, attempt: 1, nextAt: null };
      case 'connected':
        return documents.isLost
          ? { kind: 'reconnecting', edits, attempt: documents.attempts, nextAt: null }
          : this._connected();
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

  private _connected(): ConnectionState {
    const { isReplaced, trouble, refused, aside, isUnsaved } = this._documents;
    if (isReplaced) {
      return { kind: 'replaced' };
    }
    if (trouble) {
      return { kind: 'unsaved', reason: trouble };
    }
    if (refused > 0) {
      return { kind: 'refused', edits: refused };
    }
    if (aside) {
      return { kind: 'aside', edits: aside.edits };
    }
    if (this._back) {
      return { kind: 'back', ...this._back };
    }
    return { kind: isUnsaved ? 'saving' : 'saved' };
  }

  private _onLink(): void {
    if (this._link.state.kind === 'connected') {
      this._documents.reconnect(); // They wait for longer between their attempts than we want to.
    }
    this._look();
  }

  private _onDocuments(): void {
    const { restored } = this._documents;
    if (restored > this._restored) {
      this._sayBack({ edits: restored - this._restored, isNews: true });
      this._restored = restored;
    }
    this._look();
  }

  private _look(): void {
    const { kind } = this._link.state;
    const isLost = (kind !== 'connected' && kind !== 'connecting') || this._documents.isLost;
    if (isLost) {
      this._wasLost = true;
      this._back = null;
      this._lostEdits = this._documents.waiting;
      window.clearTimeout(this._timer);
    } else if (this._wasLost && kind === 'connected') {
      this._wasLost = false;
      this._sayBack({ edits: this._lostEdits, isNews: false });
    }
    this._changed.emit();
  }

  private _sayBack(back: { edits: number; isNews: boolean }): void {
    this._back = back;
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => {
      this._back = null;
      this._changed.emit();
    }, SAY_BACK_FOR_MS);
  }

  private _back: { edits: number; isNews: boolean } | null = null;
  private _isDisposed = false;
  private _lostEdits = 0;
  private _restored = 0;
  private _timer = 0;
  private _wasLost = false;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _documents: IDocuments;
  private readonly _link: ILink;
}

export namespace ConnectionModel {
  export interface IOptions {
    link: ILink;
    documents: IDocuments;
  }
}
