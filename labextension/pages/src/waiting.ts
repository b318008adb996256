/**
 * The waiting room's state, without a page around it.
 *
 * Theory of operation: one attempt after another until the door opens or shuts. An attempt gets a token, opens a socket and
 * says `join-session`; while the socket lives, the server tells every change by `admission-status`. When the socket fails or
 * ends, the door is asked by plain HTTP: if that answers, only sockets are in trouble and we poll; if it does not, the server
 * is out of reach and the next try comes after a pause that grows to eight seconds. Who stands where is the server's state, so
 * nothing is lost by any of this.
 */
import { CallError, type Door, type DoorState } from './api';

/** What the socket tells. `isHostHere` and `message` are null where the server did not say. */
export interface DoorNews {
  state: DoorState;
  isHostHere: boolean | null;
  message: string | null;
}

/** A live connection to the session. */
export interface Connection {
  close(): void;
}

/** How the waiting room hears of its connection; after `onLost` no more calls come. */
export interface ConnectionEvents {
  onJoined(): void;
  onNews(news: DoorNews): void;
  onLost(): void;
}

export interface DoorApi {
  token(): Promise<string>;
  door(sessionId: string): Promise<Door>;
}

export type ConnectionState = 'connecting' | 'connected' | 'lost';

export interface WaitingState {
  door: DoorState | 'unknown';
  /** Null until the server has said. */
  isHostHere: boolean | null;
  hostName: string;
  /** The host's message to those who wait. */
  message: string;
  connection: ConnectionState;
  /** When the next try is due while the server is out of reach, in ms since the epoch. */
  nextTryAt: number | null;
}

const POLL_MS = 5000;
const LONGEST_PAUSE_MS = 8000;

export class WaitingRoom {
  private readonly state: WaitingState = {
    door: 'waiting',
    isHostHere: null,
    hostName: '',
    message: '',
    connection: 'connecting',
    nextTryAt: null
  };
  private connection: Connection | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  /** Counts attempts, so that answers to an abandoned one are recognised and dropped. */
  private attempt = 0;
  private isClosed = false;

  constructor(
    private readonly options: {
      sessionId: string;
      api: DoorApi;
      connect: (token: string, events: ConnectionEvents) => Connection;
      onChange: (state: Readonly<WaitingState>) => void;
    }
  ) {}

  start(): void {
    this.tryNow();
  }

  /** Tries at once instead of after the pause: the button, or the browser being online again. */
  tryNow(): void {
    if (this.isClosed) {
      return;
    }
    this.abandon();
    void this.connectOnce(this.attempt);
  }

  /** Ends all of it; the person leaves, or the page goes elsewhere. */
  close(): void {
    this.isClosed = true;
    this.abandon();
  }

  private async connectOnce(attempt: number): Promise<void> {
    try {
      // The door first: it says in one answer what a socket tells in pieces, and whether there is anything to wait for.
      const door = await this.options.api.door(this.options.sessionId);
      if (attempt !== this.attempt) {
        return;
      }
      this.hear(door);
      if (this.isClosed) {
        return;
      }
      const token = await this.options.api.token();
      if (attempt !== this.attempt) {
        return;
      }
      this.open(token, attempt);
    } catch (error) {
      if (attempt === this.attempt) {
        this.fail(error);
      }
    }
  }

  private open(token: string, attempt: number): void {
    const isCurrent = (): boolean => attempt === this.attempt && !this.isClosed;
    this.connection = this.options.connect(token, {
      onJoined: () => {
        if (isCurrent()) {
          this.failures = 0;
          this.change({ connection: 'connected', nextTryAt: null });
        }
      },
      onNews: news => {
        if (isCurrent()) {
          this.change({
            door: news.state,
            ...(news.isHostHere !== null && { isHostHere: news.isHostHere }),
            ...(news.message !== null && news.state === 'waiting' && { message: news.message })
          });
        }
      },
      onLost: () => {
        if (isCurrent()) {
          this.abandon();
          void this.ask(this.attempt);
        }
      }
    });
  }

  /** No socket: what does plain HTTP say? */
  private async ask(attempt: number): Promise<void> {
    try {
      const door = await this.options.api.door(this.options.sessionId);
      if (attempt === this.attempt) {
        this.failures = 0;
        this.hear(door);
        this.later(POLL_MS);
      }
    } catch (error) {
      if (attempt === this.attempt) {
        this.fail(error);
      }
    }
  }

  private hear(door: Door): void {
    this.change({
      door: door.state,
      isHostHere: door.host_is_online,
      hostName: door.host_name,
      message: door.waiting_room_message,
      connection: 'connected',
      nextTryAt: null
    });
  }

  private fail(error: unknown): void {
    const isGone =
      error instanceof CallError && ['not_found', 'not_authenticated', 'not_permitted'].includes(error.code);
    if (isGone) {
      // The interview was deleted, or the log-in ended: nobody waits here any more.
      this.change({ door: 'unknown' });
      return;
    }
    const pause = Math.min(1000 * 2 ** this.failures, LONGEST_PAUSE_MS);
    this.failures += 1;
    this.change({ connection: 'lost', nextTryAt: Date.now() + pause });
    this.later(pause);
  }

  private later(ms: number): void {
    if (this.isClosed) {
      return;
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tryNow(), ms);
  }

  private abandon(): void {
    this.attempt += 1;
    clearTimeout(this.timer);
    this.connection?.close();
    this.connection = null;
  }

  /** Tells the page. Once the door is anything but waiting there is nothing more to do here. */
  private change(news: Partial<WaitingState>): void {
    Object.assign(this.state, news);
    if (this.state.door !== 'waiting') {
      this.close();
    }
    this.options.onChange({ ...this.state });
  }
}
