/** What was said, in order, and what this browser still has to send. */
import { UUID } from '@lumino/coreutils';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { ISessionApi } from '../api/client';
import { ApiError, sentence } from '../api/errors';
import type { ChatMessage } from '../api/shapes';
import type { ILink } from '../api/socket';
import { Tail } from '../session/tail';

/** A message that the server has not confirmed. It keeps its key, so that sending it again can never say it twice. */
export interface IUnsent {
  key: string;
  text: string;
  /** Why the last attempt failed for good; null while it is on its way or waits for the connection. */
  problem: string | null;
}

export const LONGEST_MESSAGE = 4000;

export class ChatModel {
  constructor(options: ChatModel.IOptions) {
    this._options = options;
    this._tail = new Tail(range => options.api.chat(options.sessionId, range));
    this._unsent = this._restore();
    options.link.on('chat-message', message => this._add([message]));
    options.link.stateChanged.connect(() => {
      this._isJoined = false;
      this._tail.interrupt();
    });
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** In order, as far back as they were asked for. */
  get messages(): readonly ChatMessage[] {
    return this._tail.items;
  }

  /** Whether more was said before. */
  get hasEarlier(): boolean {
    return this._tail.hasEarlier;
  }

  get unsent(): readonly IUnsent[] {
    return this._unsent;
  }

  /** Messages of others since the chat was last looked at. */
  get unread(): number {
    return this._unread;
  }

  markRead(): void {
    if (this._unread > 0) {
      this._unread = 0;
      this._changed.emit();
    }
  }

  /** Says `text` to everyone; it appears at once and is kept until the server has it. */
  send(text: string): void {
    const trimmed = text.trim();
    if (trimmed) {
      this._unsent = [...this._unsent, { key: UUID.uuid4(), text: trimmed, problem: null }];
      this._keep();
      void this._flush();
    }
  }

  retry(key: string): void {
    this._setProblem(key, null);
    void this._flush();
  }

  discard(key: string): void {
    this._unsent = this._unsent.filter(unsent => unsent.key !== key);
    this._keep();
  }

  /** Fetches what was said last or while we were away, then sends what was kept. Called after every successful join. */
  async catchUp(last: number): Promise<void> {
    this._isJoined = true;
    try {
      for await (const messages of this._tail.catchUp(last)) {
        this._add(messages, false);
      }
    } finally {
      await this._flush();
    }
  }

  /** Fetches what was said before. */
  async earlier(): Promise<void> {
    this._add(await this._tail.earlier(), false);
  }

  /** One at a time and in order, so that what was written first is read first. */
  private async _flush(): Promise<void> {
    if (this._isFlushing || !this._isJoined) {
      return;
    }
    this._isFlushing = true;
    for (let next = this._nextToSend(); next; next = this._nextToSend()) {
      const { key, text } = next;
      try {
        this._add([{ ...(await this._options.link.send('chat-message', { text, key })), key }]);
      } catch (error) {
        if (error instanceof ApiError && error.code === 'unreachable') {
          break; // The next join sends it.
        }
        this._setProblem(key, sentence(error));
      }
    }
    this._isFlushing = false;
  }

  private _nextToSend(): IUnsent | undefined {
    return this._unsent.find(unsent => unsent.problem === null);
  }

  private _setProblem(key: string, problem: string | null): void {
    this._unsent = this._unsent.map(unsent => (unsent.key === key ? { ...unsent, problem } : unsent));
    this._keep();
  }

  private _add(messages: readonly ChatMessage[], isNews = true): void {
    const fresh = this._tail.add(messages);
    this._unread += isNews ? fresh.filter(message => message.userId !== this._options.userId).length : 0;
    const confirmed = new Set(messages.map(message => message.key));
    this._unsent = this._unsent.filter(unsent => !confirmed.has(unsent.key));
    this._keep();
  }

  private _keep(): void {
    const { storage } = this._options;
    if (this._unsent.length > 0) {
      storage.setItem(this._place, JSON.stringify(this._unsent.map(({ key, text }) => ({ key, text }))));
    } else {
      storage.removeItem(this._place);
    }
    this._changed.emit();
  }

  private _restore(): IUnsent[] {
    try {
      const kept: unknown = JSON.parse(this._options.storage.getItem(this._place) ?? '[]');
      return Array.isArray(kept) ? kept.filter(isKept).map(({ key, text }) => ({ key, text, problem: null })) : [];
    } catch {
      return [];
    }
  }

  private get _place(): string {
    return `codewithme-unsent-${this._options.sessionId}`;
  }

  private _unsent: IUnsent[];
  private _unread = 0;
  private _isFlushing = false;
  /** Only then does the server know for which interview a message is. */
  private _isJoined = false;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _options: ChatModel.IOptions;
  private readonly _tail: Tail<ChatMessage>;
}

export namespace ChatModel {
  export interface IOptions {
    api: Pick<ISessionApi, 'chat'>;
    link: ILink;
    sessionId: string;
    /** Who reads here. */
    userId: string;
    /** Keeps unsent messages over a reload of this tab. */
    storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  }
}

function isKept(value: unknown): value is { key: string; text: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'key' in value &&
    'text' in value &&
    typeof value.key === 'string' &&
    typeof value.text === 'string'
  );
}
