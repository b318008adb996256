/** The open documents of this page: whether what this person writes in them reaches the server, and is on its disk. */
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { forget } from './kept';
import type { IAside, IOwner } from './kept';

/** What the model knows of one document's room. */
export interface IRoom {
  readonly changed: ISignal<unknown, void>;
  readonly isDisposed: boolean;
  readonly isLost: boolean;
  readonly attempts: number;
  readonly waiting: number;
  readonly refused: number;
  readonly isUnsaved: boolean;
  readonly isKept: boolean;
  readonly isReplaced: boolean;
  readonly trouble: string;
  readonly aside: IAside | null;
  readonly restored: number;
  readonly text: string;
  dismissAside(): void;
  reconnect(): Promise<void>;
  forget(): Promise<void>;
}

export class DocumentsModel implements IDisposable {
  constructor(private readonly _owner: IOwner | null) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Whether some document lost its connection. */
  get isLost(): boolean {
    return this._rooms.some(room => room.isLost && !room.isReplaced);
  }

  /** How often in a row a lost document could not be connected. */
  get attempts(): number {
    return Math.max(0, ...this._rooms.map(room => (room.isLost ? room.attempts : 0)));
  }

  /** This person's edits that are not on the server's disk. */
  get waiting(): number {
    return this._sum(room => room.waiting);
  }

  /** Of these, the ones that the server did not take because this person may not edit now. */
  get refused(): number {
    return this._sum(room => room.refused);
  }

  get isUnsaved(): boolean {
    return this._rooms.some(room => room.isUnsaved);
  }

  /** Whether edits in every open document outlive a reload of the page. */
  get areKept(): boolean {
    return this._rooms.every(room => room.isKept);
  }

  /** Why the server can store nothing just now; empty while it can. */
  get trouble(): string {
    return this._rooms.find(room => room.trouble)?.trouble ?? '';
  }

  /** Whether some document here is not the one that the server has now. */
  get isReplaced(): boolean {
    return this._rooms.some(room => room.isReplaced);
  }

  /** Edits of an earlier page that were kept in this browser and came in since this page was opened. */
  get restored(): number {
    return this._sum(room => room.restored);
  }

  /** Edits of an earlier page that did not fit the server's documents any more, and their text; null if there are none. */
  get aside(): IAside | null {
    const asides = this._rooms.flatMap(({ aside }) => (aside ? [aside] : []));
    return asides.length === 0
      ? null
      : { edits: asides.reduce((sum, { edits }) => sum + edits, 0), text: asides.map(({ text }) => text).join('\n\n') };
  }

  /** The documents with edits that only this browser has, as text. */
  get unsentText(): string {
    return this._rooms
      .filter(room => room.waiting > 0)
      .map(room => room.text)
      .join('\n\n');
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  add(room: IRoom): void {
    this._rooms = [...this._rooms, room];
    room.changed.connect(() => {
      this._rooms = this._rooms.filter(known => !known.isDisposed);
      this._changed.emit();
    });
    this._changed.emit();
  }

  /** Tries at once to connect what is lost. */
  reconnect(): void {
    this._rooms.filter(room => room.isLost && !room.isReplaced).forEach(room => void room.reconnect());
  }

  dismissAside(): void {
    this._rooms.forEach(room => room.dismissAside());
  }

  /** Keeps nothing of the interview in this browser any more. */
  async forget(): Promise<void> {
    await Promise.all(this._rooms.map(room => room.forget()));
    if (this._owner) {
      await forget(this._owner);
    }
  }

  private _sum(value: (room: IRoom) => number): number {
    return this._rooms.reduce((sum, room) => sum + value(room), 0);
  }

  private _isDisposed = false;
  private _rooms: readonly IRoom[] = [];
  private readonly _changed = new Signal<this, void>(this);
}
