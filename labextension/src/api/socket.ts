/**
 * The live connection: one Socket.IO connection that comes back by itself.
 *
 * Theory of operation. Every attempt fetches a fresh access token, because the handshake proves who we are and a token
 * lives only an hour. Socket.IO's own reconnection is switched off: it would reuse the old token, gives up on a refused
 * handshake, and does not tell when the next attempt comes, which the interface says. Messages are acknowledged; a message
 * that was not acknowledged fails with ApiError and is never sent again from here: only the caller knows what may be
 * repeated.
 */
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';

import { ApiError, errorFrom, isRecord, unreachable } from './errors';
import type { ILiveEvents, ILiveMessages } from './events';

export type LinkState =
  | { kind: 'connecting' }
  | { kind: 'connected' }
  /** Lost; `nextAt` (ms since the epoch) is when attempt number `attempt` starts, null while it is under way. */
  | { kind: 'reconnecting'; attempt: number; nextAt: number | null }
  /** The browser itself says it has no network. */
  | { kind: 'offline' }
  /** The server does not know us any more; somebody has to log in. */
  | { kind: 'refused' };

/** What the models need of the live connection; tests bring their own. */
export interface ILink extends IDisposable {
  readonly state: LinkState;
  readonly stateChanged: ISignal<ILink, LinkState>;
  connect(): void;
  on<K extends keyof ILiveEvents>(event: K, handler: (payload: ILiveEvents[K]) => void): void;
  /** Sends and waits for the acknowledgement's data. Raises ApiError. */
  send<K extends keyof ILiveMessages>(message: K, payload: ILiveMessages[K][0]): Promise<ILiveMessages[K][1]>;
}

const ACKNOWLEDGE_WITHIN_MS = 10_000;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 8_000;

/** Wait before attempt number `attempt` (from 1): doubles up to 8 s, with ±25 % so that a restart is not met by a stampede. */
export function delayBefore(attempt: number, random: () => number = Math.random): number {
  const plain = Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), LONGEST_DELAY_MS);
  return Math.round(plain * (0.75 + random() / 2));
}

export class Link implements ILink {
  constructor(options: Link.IOptions) {
    this._token = options.token;
    this._socket = io(options.origin, {
      path: `${options.baseUrl}socket.io/`,
      autoConnect: false,
      reconnection: false,
      forceNew: true
    });
    this._socket.on('connect', this._onConnect);
    this._socket.on('disconnect', this._onLost);
    this._socket.on('connect_error', this._onLost);
    window.addEventListener('online', this._onOnline);
    window.addEventListener('offline', this._onOffline);
    document.addEventListener('visibilitychange', this._onOnline);
  }

  get state(): LinkState {
    return this._state;
  }

  get stateChanged(): ISignal<this, LinkState> {
    return this._stateChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    window.clearTimeout(this._timer);
    window.removeEventListener('online', this._onOnline);
    window.removeEventListener('offline', this._onOffline);
    document.removeEventListener('visibilitychange', this._onOnline);
    this._socket.removeAllListeners();
    this._socket.disconnect();
    Signal.clearData(this);
  }

  connect(): void {
    void this._attempt();
  }

  on<K extends keyof ILiveEvents>(event: K, handler: (payload: ILiveEvents[K]) => void): void {
    // Socket.IO's types know the events of no server in particular.
    (this._socket as { on(event: string, handler: (payload: ILiveEvents[K]) => void): unknown }).on(event, handler);
  }

  async send<K extends keyof ILiveMessages>(message: K, payload: ILiveMessages[K][0]): Promise<ILiveMessages[K][1]> {
    if (!this._socket.connected) {
      throw unreachable();
    }
    let answer: unknown;
    try {
      answer = await this._socket.timeout(ACKNOWLEDGE_WITHIN_MS).emitWithAck(message, payload);
    } catch {
      // Connected, and yet nobody answers: the server hangs or is going down. Another connection finds the next one.
      this._socket.disconnect();
      throw unreachable();
    }
    if (!isRecord(answer) || answer.status !== 'success') {
      throw errorFrom(answer);
    }
    return answer.data;
  }

  private async _attempt(): Promise<void> {
    if (this._isDisposed || this._isAttempting || this._socket.connected) {
      return;
    }
    window.clearTimeout(this._timer);
    this._isAttempting = true;
    if (this._attempts > 0) {
      this._setState({ kind: 'reconnecting', attempt: this._attempts, nextAt: null });
    }
    try {
      this._socket.auth = { token: await this._token() };
    } catch (error) {
      this._isAttempting = false;
      if (error instanceof ApiError && error.code === 'not_authenticated') {
        this._setState({ kind: 'refused' });
      } else {
        this._schedule();
      }
      return;
    }
    // dispose() may have come while the token was fetched; TypeScript cannot see that.
    if (!(this._isDisposed as boolean)) {
      this._socket.connect();
    }
  }

  private _schedule(): void {
    if (this._isDisposed) {
      return;
    }
    this._attempts += 1;
    if (!navigator.onLine) {
      this._setState({ kind: 'offline' });
      return;
    }
    const delay = delayBefore(this._attempts);
    this._setState({ kind: 'reconnecting', attempt: this._attempts, nextAt: Date.now() + delay });
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => void this._attempt(), delay);
  }

  private readonly _onConnect = (): void => {
    this._isAttempting = false;
    this._attempts = 0;
    this._setState({ kind: 'connected' });
  };

  private readonly _onLost = (): void => {
    this._isAttempting = false;
    this._schedule();
  };

  private readonly _onOnline = (): void => {
    if (this._state.kind === 'offline' || this._state.kind === 'reconnecting') {
      void this._attempt();
    }
  };

  private readonly _onOffline = (): void => {
    window.clearTimeout(this._timer);
    // The transport may take half a minute to notice; the browser knows now.
    if (this._socket.connected) {
      this._socket.disconnect();
    } else {
      this._setState({ kind: 'offline' });
    }
  };

  private _setState(state: LinkState): void {
    this._state = state;
    this._stateChanged.emit(state);
  }

  private _isDisposed = false;
  private _isAttempting = false;
  private _attempts = 0;
  private _timer = 0;
  private _state: LinkState = { kind: 'connecting' };
  private readonly _socket: Socket;
  private readonly _stateChanged = new Signal<this, LinkState>(this);
  private readonly _token: () => Promise<string>;
}

export namespace Link {
  export interface IOptions {
    /** Scheme, host and port of the server. */
    origin: string;
    /** Path of the server, with a slash at both ends. */
    baseUrl: string;
    /** Fetches an access token. Raises ApiError. */
    token: () => Promise<string>;
  }
}
