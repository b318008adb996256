/**
 * A document's connection to the room on the server in which everybody writes it.
 *
 * It stands in for JupyterLab's own (`@jupyter/docprovider`), which tells of lost connections in dialogs over the editor, reloads the
 * page when the server was restarted, and keeps nothing of what was typed meanwhile. The protocol is the same, spoken by the same
 * library, `y-websocket`; what is ours is that edits are kept in the browser (see kept.ts), that the server says when they are on its
 * disk (see reports.ts), and that trouble is a state that the interface shows, never a question.
 */
import type { IDocumentProvider } from '@jupyter/collaborative-drive';
import type { IDocumentProviderFactory } from '@jupyter/docprovider';
import type { YDocument, DocumentChange } from '@jupyter/ydoc';
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { PromiseDelegate } from '@lumino/coreutils';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { WebsocketProvider } from 'y-websocket';
import type * as Y from 'yjs';
import * as yjs from 'yjs';

import { areOfOne, readable } from './kept';
import type { IAside, Kept } from './kept';
import { Ledger } from './ledger';
import { COMMAND, DOCUMENT, REPORT, askForReports, askToSave, editsIn, readReport, stateVectorIn } from './reports';
import type { Report } from './reports';

const ROOM_URL = 'api/collaboration/room';
const SESSION_URL = 'api/collaboration/session';

/** Somebody who was put out is not let in again by asking. */
const CLOSE_REFUSED = 1008;
/** The document is gone, and asking again does not bring it back. */
const CLOSE_UNAVAILABLE = 1003;

/** A connection on which nothing is heard is given up after 30 s by the library, so alone in a room we ask this often. */
const ASK_EVERY_MS = 20_000;
const RETRY_MS = [500, 1_000, 2_000];
const MAX_RETRY_MS = 4_000;
/** What the server holds is noted in the browser at most this often. */
const CONFIRM_EVERY_MS = 1_000;

interface IAddress {
  format: string;
  type: string;
  fileId: string;
  sessionId: string;
}

export class Room implements IDocumentProvider {
  constructor(options: Room.IOptions) {
    this._options = options;
    this.contentType = options.contentType;
    this.format = options.format;
    this._document = options.model;
    this._doc.on('update', this._onUpdate);
    options.user.userChanged.connect(this._onUser, this);
    void options.user.ready.then(() => this._onUser());
    this._ready.promise.catch(() => undefined);
    this._open().catch((error: unknown) => this._fail(error));
  }

  readonly contentType: string;
  readonly format: string;

  /** Resolves when the document holds what the server holds, and what this browser had kept. */
  get ready(): Promise<void> {
    return this._ready.promise;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Whether what is written now reaches the others. */
  get isConnected(): boolean {
    return this._socket?.synced ?? false;
  }

  /** Whether it was connected and will be again; not before it is opened, nor after the server closed it for good. */
  get isLost(): boolean {
    return this._wasConnected && !this.isConnected && !this._isClosed;
  }

  /** How often in a row it could not be connected. */
  get attempts(): number {
    return this._socket?.wsUnsuccessfulReconnects ?? 0;
  }

  /** This person's edits that the server has not on its disk. */
  get waiting(): number {
    return this._ledger.waiting;
  }

  /** Of these, those that the server did not take because this person may not edit now. */
  get refused(): number {
    // The server does not ask who may not edit for anything, so there is nothing it could refuse.
    return this._mayEdit ? this._ledger.refused : this._ledger.waiting;
  }

  /** Whether the server has not yet written everything. */
  get isUnsaved(): boolean {
    return this._ledger.isReported ? this._ledger.waiting > 0 : this._ledger.waiting > 0 || this._document.dirty;
  }

  /** Whether edits outlive a reload of the page. */
  get isKept(): boolean {
    return this._kept !== null;
  }

  /** Why the server can store nothing just now; empty while it can. */
  get trouble(): string {
    return this._trouble;
  }

  /** Edits of an earlier page that did not fit the server's document any more. */
  get aside(): IAside | null {
    return this._kept?.aside ?? null;
  }

  /** How many edits of an earlier page came in when this one opened. */
  get restored(): number {
    return this._restored;
  }

  /** What is written here now. */
  get text(): string {
    return readable(this._doc);
  }

  /** Whether the server's document is another one than the one here, whose edits it can therefore not take. */
  get isReplaced(): boolean {
    return this._isReplaced;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    window.clearTimeout(this._confirming);
    this._doc.off('update', this._onUpdate);
    this._document.changed.disconnect(this._onDocument, this);
    this._options.user.userChanged.disconnect(this._onUser, this);
    this._socket?.destroy();
    void this._kept?.close();
    this._changed.emit();
    Signal.clearData(this);
  }

  /** Tries at once, also after the server had refused. */
  reconnect(): Promise<void> {
    this._isClosed = false;
    this._socket?.disconnect();
    this._socket?.connect();
    return Promise.resolve();
  }

  /** Resolves when the server has everything on disk; it is asked to write the file as well. */
  async save(): Promise<void> {
    const socket = this._socket;
    if (!socket?.wsconnected || !socket.ws) {
      return;
    }
    socket.ws.send(askToSave());
    if (this._ledger.isReported) {
      await this._until(() => this.waiting === this.refused || !this.isConnected);
    }
  }

  /** Forks are no part of an interview. */
  connectToForkDoc(): Promise<void> {
    return Promise.reject(new Error('Documents of an interview have no forks.'));
  }

  dismissAside(): void {
    void this._kept?.setAside(null).then(() => this._changed.emit());
  }

  /** Keeps nothing any more in this browser. */
  async forget(): Promise<void> {
    const kept = this._kept;
    this._kept = null;
    await kept?.close(true);
  }

  private async _open(): Promise<void> {
    const address = await this._ask();
    const room = `${address.format}:${address.type}:${address.fileId}`;
    this._kept = await this._options.keep(room).catch(() => null);
    if (this._isDisposed) {
      void this._kept?.close();
      return;
    }
    this._document.changed.connect(this._onDocument, this);
    this._socket = this._connect(address, room);
  }

  private _connect(address: IAddress, room: string): WebsocketProvider {
    const { serverSettings } = this;
    const socket = new WebsocketProvider(URLExt.join(serverSettings.wsUrl, ROOM_URL), room, this._doc, {
      awareness: this._document.awareness,
      connect: false,
      disableBc: true,
      params: parameters(address, serverSettings),
      resyncInterval: ASK_EVERY_MS,
      shouldReconnect: ({ code }) =>
        code !== CLOSE_REFUSED && code !== CLOSE_UNAVAILABLE && !(code >= 4400 && code < 4500),
      WebSocketPolyfill: listening(serverSettings.WebSocket, message => this._onSent(message))
    });
    const sync = socket.messageHandlers[DOCUMENT];
    socket.messageHandlers[DOCUMENT] = (encoder, decoder, provider, emitSynced, type) => {
      if (this._isOfSameDocument(decoder.arr)) {
        sync(encoder, decoder, provider, emitSynced, type);
      }
    };
    // The server's answer to Save; the library would take it for one about passwords.
    socket.messageHandlers[COMMAND] = () => undefined;
    socket.messageHandlers[REPORT] = (_encoder, decoder) => this._onReport(readReport(decoder));
    socket.on('status', ({ status }) => this._onStatus(status));
    socket.on('sync', isSynced => void this._onSync(isSynced));
    socket.on('connection-close', () => this._tell());
    socket.on('closed', ({ reason }) => this._onClosed(reason));
    socket.connect();
    return socket;
  }

  /** Asks the server which room the file is written in, for as long as there is no answer. */
  private async _ask(): Promise<IAddress> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this._askOnce();
      } catch (error) {
        const isFinal = error instanceof ServerConnection.ResponseError && error.response.status < 500;
        if (isFinal || this._isDisposed) {
          throw error;
        }
        await later(RETRY_MS.at(attempt) ?? MAX_RETRY_MS);
      }
    }
  }

  private async _askOnce(): Promise<IAddress> {
    const { serverSettings } = this;
    const { path, format, contentType: type } = this._options;
    const url = URLExt.join(serverSettings.baseUrl, SESSION_URL, encodeURIComponent(path));
    const body = JSON.stringify({ format, type });
    const response = await ServerConnection.makeRequest(url, { method: 'PUT', body }, serverSettings);
    if (!response.ok) {
      throw await ServerConnection.ResponseError.create(response);
    }
    return (await response.json()) as IAddress;
  }

  private _onStatus(status: string): void {
    if (status === 'connected') {
      this._isChecked = false;
      this._ledger.opened();
      this._socket?.ws?.send(askForReports());
    } else if (status === 'disconnected') {
      this._ledger.closed();
      this._trouble = '';
    }
    this._tell();
  }

  private async _onSync(isSynced: boolean): Promise<void> {
    if (isSynced && !this._wasConnected) {
      this._wasConnected = true;
      await this._meetKept();
      this._ready.resolve();
    }
    this._tell();
  }

  /** The document holds what the server holds; now comes what this browser had kept. */
  private async _meetKept(): Promise<void> {
    const kept = this._kept;
    if (!kept) {
      return;
    }
    if (kept.isOf(this._doc)) {
      const missing = kept.missingIn(this._doc);
      this._confirmed = yjs.encodeStateVector(this._doc);
      this._restored = kept.waiting;
      this._ledger.restore(kept.waiting, () => yjs.applyUpdate(this._doc, missing, this));
    } else {
      await kept.putAside();
    }
    await kept.follow(this._doc);
    this._hasMetKept = true;
    this._noteConfirmed();
  }

  private _onClosed(reason: string): void {
    this._isClosed = true;
    this._fail(new Error(reason || 'The document cannot be opened.'));
  }

  /**
   * Whether a message may go on to the library. After each connection the server first says what it has (sync step 1), to those who
   * may edit; if that is of another document, merging the two would show the same text twice (see kept.ts).
   */
  private _isOfSameDocument(message: Uint8Array): boolean {
    if (!this._isChecked) {
      this._isChecked = true;
      const vector = stateVectorIn(message);
      if (vector && this._confirmed && !areOfOne(vector, this._confirmed)) {
        this._isReplaced = true;
        this._socket?.disconnect();
        this._tell();
      }
    }
    return !this._isReplaced;
  }

  private readonly _onUpdate = (
    _update: Uint8Array,
    _origin: unknown,
    _doc: Y.Doc,
    transaction: Y.Transaction
  ): void => {
    if (transaction.local) {
      this._ledger.edited();
      // After the library has sent it.
      queueMicrotask(() => this._tell());
    }
  };

  private _onSent(message: Uint8Array): void {
    const edits = editsIn(message);
    if (edits) {
      this._ledger.sent(edits === 'whole');
      this._tell();
    }
  }

  private _onReport(report: Report | null): void {
    switch (report?.kind) {
      case 'may-edit':
        this._ledger.reported();
        this._mayEdit = report.mayEdit;
        break;
      case 'stored':
        this._ledger.reported();
        this._ledger.stored(report.count);
        this._noteConfirmed();
        break;
      case 'refused':
        this._ledger.refuse(report.number);
        break;
      case 'trouble':
        this._trouble = report.text;
        break;
    }
    this._tell();
  }

  /** Notes what the server has: everything, once nothing waits. */
  private _noteConfirmed(): void {
    if (this._ledger.waiting > 0 || this._confirming !== 0 || !this._wasConnected) {
      return;
    }
    this._confirming = window.setTimeout(() => {
      this._confirming = 0;
      if (this._ledger.waiting === 0 && this.isConnected) {
        this._confirmed = yjs.encodeStateVector(this._doc);
        this._kept?.confirm();
      }
    }, CONFIRM_EVERY_MS);
  }

  private _onDocument(_: unknown, change: DocumentChange): void {
    if (change.stateChange?.some(({ name }) => name === 'dirty')) {
      this._tell();
    }
  }

  private _onUser(): void {
    this._document.awareness.setLocalStateField('user', this._options.user.identity);
  }

  /** Opening failed for good: the document's tab closes with the reason. Later the tab stays and what is in it can be read. */
  private _fail(error: unknown): void {
    if (!this._wasConnected && !this._isDisposed) {
      this._ready.reject(error);
      this._document.dispose();
    }
    this._tell();
  }

  private _tell(): void {
    if (!this._isDisposed) {
      // While all goes well it is 1 and 0 again with each key: not worth two writes.
      if (this._hasMetKept && (!this.isConnected || this._ledger.waiting === 0)) {
        this._kept?.setWaiting(this._ledger.waiting);
      }
      this._changed.emit();
    }
  }

  private _until(condition: () => boolean): Promise<void> {
    return new Promise(resolve => {
      const look = (): void => {
        if (condition() || this._isDisposed) {
          this._changed.disconnect(look);
          resolve();
        }
      };
      this._changed.connect(look);
      look();
    });
  }

  private get serverSettings(): ServerConnection.ISettings {
    return this._options.serverSettings ?? ServerConnection.makeSettings();
  }

  private get _doc(): Y.Doc {
    return this._document.ydoc;
  }

  private _confirmed: Uint8Array | null = null;
  private _confirming = 0;
  private _hasMetKept = false;
  private _isChecked = false;
  private _isClosed = false;
  private _isDisposed = false;
  private _isReplaced = false;
  private _kept: Kept | null = null;
  private _socket: WebsocketProvider | null = null;
  private _mayEdit = true;
  private _restored = 0;
  private _trouble = '';
  private _wasConnected = false;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _document: YDocument<DocumentChange>;
  private readonly _ledger = new Ledger();
  private readonly _options: Room.IOptions;
  private readonly _ready = new PromiseDelegate<void>();
}

export namespace Room {
  export interface IOptions extends IDocumentProviderFactory.IOptions {
    /** Opens what this browser has kept of a room; null where nothing is to be kept. */
    keep: (room: string) => Promise<Kept | null>;
  }
}

function parameters({ sessionId }: IAddress, settings: ServerConnection.ISettings): Record<string, string> {
  return settings.appendToken && settings.token ? { sessionId, token: settings.token } : { sessionId };
}

/** A websocket class that tells what it sends: the library has no event for it. */
function listening(Socket: typeof WebSocket, onSent: (message: Uint8Array) => void): typeof WebSocket {
  return class extends Socket {
    override send(data: string | ArrayBufferLike | Blob | ArrayBufferView): void {
      super.send(data);
      if (data instanceof Uint8Array) {
        onSent(data);
      }
    }
  };
}

function later(ms: number): Promise<void> {
  return new Promise(resolve => window.setTimeout(resolve, ms));
}
