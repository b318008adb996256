import { beforeEach, describe, expect, it } from 'vitest';

import type { IPageOf, IRange } from '../src/api/client';
import { ApiError } from '../src/api/errors';
import type { ChatMessage } from '../src/api/shapes';
import { ChatModel } from '../src/chat/model';
import { FakeLink } from './fakes/link';
import { message } from './fakes/shapes';
import { FakeStorage } from './fakes/storage';

/** The server's chat: keeps what it was sent, and answers the same key with the same message. */
class FakeChat {
  readonly kept: ChatMessage[] = [];
  readonly asked: IRange[] = [];
  pageSize = 100;

  constructor(readonly link: FakeLink) {
    link.answer('chat-message', payload => this._take(payload as { text: string; key: string }));
  }

  get last(): number {
    return this.kept.at(-1)?.sequence ?? 0;
  }

  chat(_id: string, range: IRange): Promise<IPageOf<ChatMessage>> {
    this.asked.push(range);
    if ('after' in range) {
      const later = this.kept.filter(({ sequence }) => sequence > Number(range.after));
      const items = later.slice(0, this.pageSize);
      return Promise.resolve({ items, next: later.length > items.length ? (items.at(-1)?.sequence ?? null) : null });
    }
    const sooner = this.kept.filter(({ sequence }) => sequence < Number(range.before));
    const items = sooner.slice(-this.pageSize);
    return Promise.resolve({ items, next: sooner.length > items.length ? items[0].sequence : null });
  }

  private _take({ text, key }: { text: string; key: string }): ChatMessage {
    const known = this.kept.find(kept => kept.key === key);
    const taken = known ?? message(this.kept.length + 1, { userId: 'priya', text, key });
    if (!known) {
      this.kept.push(taken);
    }
    return taken;
  }
}

describe('chat', () => {
  let link: FakeLink;
  let server: FakeChat;
  let storage: FakeStorage;
  let chat: ChatModel;

  const texts = (): string[] => chat.messages.map(({ text }) => text);
  const settled = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 0));
  const open = (): ChatModel => new ChatModel({ api: server, link, sessionId: 's1', userId: 'priya', storage });

  beforeEach(() => {
    link = new FakeLink();
    server = new FakeChat(link);
    storage = new FakeStorage();
    chat = open();
  });

  it('fetches what was said last, and what was said before when somebody asks', async () => {
    server.kept.push(...[1, 2, 3, 4, 5].map(sequence => message(sequence)));
    server.pageSize = 2;
    link.connect();
    await chat.catchUp(server.last);
    expect(texts()).toEqual(['message 4', 'message 5']);
    expect(server.asked).toEqual([{ before: 6 }]);
    await chat.earlier();
    expect(texts()).toEqual(['message 2', 'message 3', 'message 4', 'message 5']);
    expect(chat.hasEarlier).toBe(true);
    await chat.earlier();
    expect(texts()).toHaveLength(5);
    expect(chat.hasEarlier).toBe(false);
    expect(chat.unread).toBe(0);
  });

  it('fetches all that was missed while the connection was lost, page by page', async () => {
    server.kept.push(message(1));
    server.pageSize = 2;
    link.connect();
    await chat.catchUp(server.last);
    server.kept.push(...[2, 3, 4, 5, 6].map(sequence => message(sequence)));
    link.setState({ kind: 'reconnecting', attempt: 1, nextAt: null });
    link.connect();
    await chat.catchUp(server.last);
    expect(texts()).toHaveLength(6);
  });

  it('fetches older messages even if a newer one came first', async () => {
    server.kept.push(...[1, 2, 3].map(sequence => message(sequence)));
    link.connect();
    link.emit('chat-message', message(3));
    await chat.catchUp(server.last);
    expect(texts()).toEqual(['message 1', 'message 2', 'message 3']);
  });

  it('asks only for what it missed after a lost connection', async () => {
    server.kept.push(message(1));
    link.connect();
    await chat.catchUp(server.last);
    link.emit('chat-message', message(2));
    link.setState({ kind: 'reconnecting', attempt: 1, nextAt: null });
    link.connect();
    await chat.catchUp(server.last);
    expect(server.asked).toEqual([{ before: 2 }, { after: 2 }]);
  });

  it('keeps what is written while the connection is lost and sends it in order afterwards', async () => {
    chat.send('first');
    chat.send('second');
    expect(chat.unsent.map(({ text }) => text)).toEqual(['first', 'second']);
    expect(link.sent).toEqual([]);
    link.connect();
    await chat.catchUp(server.last);
    expect(texts()).toEqual(['first', 'second']);
    expect(chat.unsent).toEqual([]);
  });

  it('sends an unacknowledged message again with the same key, so that it is said once', async () => {
    link.connect();
    await chat.catchUp(server.last);
    link.answer('chat-message', payload => {
      // Arrived, but the acknowledgement is lost.
      const { text, key } = payload as { text: string; key: string };
      server.kept.push(message(1, { userId: 'priya', text, key }));
      return new ApiError({ code: 'unreachable', message: 'no answer' });
    });
    chat.send('once');
    await settled();
    expect(chat.unsent).toHaveLength(1);
    const [{ key }] = chat.unsent;
    link.answer('chat-message', () => server.kept[0]);
    await chat.catchUp(server.last);
    await settled();
    expect(texts()).toEqual(['once']);
    expect(chat.messages[0].key).toBe(key);
    expect(chat.unsent).toEqual([]);
  });

  it('says why a message was refused, goes on with the next, and sends it again when asked', async () => {
    link.connect();
    await chat.catchUp(server.last);
    const take = (payload: unknown): unknown => {
      const { text, key } = payload as { text: string; key: string };
      return text === 'bad' && !isMended
        ? new ApiError({ code: 'rate_limited', message: 'Slow down.' })
        : message(text === 'bad' ? 2 : 1, { userId: 'priya', text, key });
    };
    let isMended = false;
    link.answer('chat-message', take);
    chat.send('bad');
    chat.send('good');
    await settled();
    expect(texts()).toEqual(['good']);
    expect(chat.unsent).toMatchObject([{ text: 'bad', problem: 'Slow down.' }]);
    isMended = true;
    chat.retry(chat.unsent[0].key);
    await settled();
    expect(texts()).toEqual(['good', 'bad']);
  });

  it('remembers unsent messages over a reload', async () => {
    chat.send('before the reload');
    const [{ key }] = chat.unsent;
    chat = open();
    expect(chat.unsent).toEqual([{ key, text: 'before the reload', problem: null }]);
    link.connect();
    await chat.catchUp(server.last);
    expect(texts()).toEqual(['before the reload']);
  });

  it('counts as unread only what others said live', async () => {
    link.connect();
    await chat.catchUp(server.last);
    link.emit('chat-message', message(1, { userId: 'priya' }));
    expect(chat.unread).toBe(0);
    link.emit('chat-message', message(2));
    expect(chat.unread).toBe(1);
    chat.markRead();
    expect(chat.unread).toBe(0);
  });

  it('shows a message once, however often it comes', async () => {
    link.connect();
    await chat.catchUp(server.last);
    link.emit('chat-message', message(1));
    link.emit('chat-message', message(1));
    expect(chat.messages).toHaveLength(1);
  });

  it('does not say nothing', () => {
    chat.send('   ');
    expect(chat.unsent).toEqual([]);
  });
});
