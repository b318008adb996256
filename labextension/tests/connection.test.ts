import { Signal } from '@lumino/signaling';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { Login } from '../src/account/login';
import { ApiError } from '../src/api/errors';
import { delayBefore } from '../src/api/socket';
import { ConnectionModel } from '../src/connection/model';
import type { IDocuments } from '../src/connection/model';
import { FakeLink } from './fakes/link';
import { FakeStorage } from './fakes/storage';

class FakeDocuments implements IDocuments {
  readonly changed = new Signal<this, void>(this);
  isLost = false;
  attempts = 0;
  waiting = 0;
  refused = 0;
  restored = 0;
  isUnsaved = false;
  isReplaced = false;
  areKept = true;
  trouble = '';
  aside: { edits: number } | null = null;
  readonly reconnect = vi.fn();

  set(change: Partial<FakeDocuments>): void {
    Object.assign(this, change);
    this.changed.emit();
  }
}

describe('the connection', () => {
  let link: FakeLink;
  let documents: FakeDocuments;
  let connection: ConnectionModel;

  beforeEach(() => {
    link = new FakeLink();
    documents = new FakeDocuments();
    connection = new ConnectionModel({ link, documents });
    link.connect();
  });

  it('is saved, or saving while a document has changes that the server has not written', () => {
    expect(connection.state.kind).toBe('saved');
    documents.set({ isUnsaved: true });
    expect(connection.state.kind).toBe('saving');
    documents.set({ isUnsaved: false });
    expect(connection.state.kind).toBe('saved');
  });

  it('counts the edits that wait while it is lost, and says whether they outlive a reload', () => {
    link.setState({ kind: 'offline' });
    documents.set({ waiting: 2 });
    expect(connection.state).toEqual({ kind: 'offline', edits: 2, isKept: true });
    documents.set({ areKept: false });
    expect(connection.state).toMatchObject({ isKept: false });
  });

  it('is lost when only a document is, and tries that at once when the rest is back', () => {
    documents.set({ isLost: true, attempts: 3, waiting: 1 });
    expect(connection.state).toEqual({ kind: 'reconnecting', edits: 1, attempt: 3, nextAt: null });
    link.setState({ kind: 'reconnecting', attempt: 1, nextAt: null });
    documents.reconnect.mockClear();
    link.connect();
    expect(documents.reconnect).toHaveBeenCalledTimes(1);
    expect(connection.state.kind).toBe('reconnecting');
    documents.set({ isLost: false });
    expect(connection.state).toEqual({ kind: 'back', edits: 1, isNews: false });
  });

  it('says for a moment how many edits were sent when it is back', () => {
    vi.useFakeTimers();
    try {
      link.setState({ kind: 'reconnecting', attempt: 2, nextAt: 5 });
      documents.set({ waiting: 1 });
      expect(connection.state).toEqual({ kind: 'reconnecting', attempt: 2, nextAt: 5, edits: 1 });
      link.connect();
      expect(connection.state).toEqual({ kind: 'back', edits: 1, isNews: false });
      vi.advanceTimersByTime(4000);
      expect(connection.state.kind).toBe('saved');
    } finally {
      vi.useRealTimers();
    }
  });

  it('tells of edits that an earlier page had kept', () => {
    documents.set({ restored: 3 });
    expect(connection.state).toEqual({ kind: 'back', edits: 3, isNews: true });
  });

  it('says first what could cost edits', () => {
    documents.set({ waiting: 2, refused: 2, isUnsaved: true });
    expect(connection.state).toEqual({ kind: 'refused', edits: 2 });
    documents.set({ trouble: 'The disk is full.' });
    expect(connection.state).toEqual({ kind: 'unsaved', reason: 'The disk is full.' });
    documents.set({ isReplaced: true });
    expect(connection.state.kind).toBe('replaced');
    documents.set({ isReplaced: false, trouble: '', refused: 0, waiting: 0, isUnsaved: false, aside: { edits: 4 } });
    expect(connection.state).toEqual({ kind: 'aside', edits: 4 });
  });
});

describe('the wait before an attempt', () => {
  it('doubles up to eight seconds', () => {
    const middle = (): number => 0.5;
    expect([1, 2, 3, 4, 5, 9].map(attempt => delayBefore(attempt, middle))).toEqual([
      1000, 2000, 4000, 8000, 8000, 8000
    ]);
  });

  it('differs from browser to browser by a quarter', () => {
    expect(delayBefore(1, () => 0)).toBe(750);
    expect(delayBefore(1, () => 1)).toBe(1250);
  });
});

describe('the log-in', () => {
  const refused = new ApiError({ code: 'not_authenticated', message: 'Log in.' });

  function make(): { login: Login; api: { token: ReturnType<typeof vi.fn>; refresh: ReturnType<typeof vi.fn> } } {
    const api = {
      token: vi.fn(() => Promise.resolve({ token: 'jwt', expiresIn: 3600, lifetime_s: 3600 })),
      refresh: vi.fn(() => Promise.resolve())
    };
    return { api, login: new Login({ api, storage: new FakeStorage(), now: () => 1_000_000_000 }) };
  }

  it('is renewed once when it has run out', async () => {
    const { login, api } = make();
    api.token.mockRejectedValueOnce(refused);
    await expect(login.token()).resolves.toBe('jwt');
    expect(api.refresh).toHaveBeenCalledTimes(1);
  });

  it('is given up when it cannot be renewed', async () => {
    const { login, api } = make();
    api.token.mockRejectedValueOnce(refused);
    api.refresh.mockRejectedValueOnce(refused);
    await expect(login.token()).rejects.toBe(refused);
  });

  it('is not renewed because the server is away', async () => {
    const { login, api } = make();
    api.token.mockRejectedValueOnce(new ApiError({ code: 'unreachable', message: '' }));
    await expect(login.token()).rejects.toMatchObject({ code: 'unreachable' });
    expect(api.refresh).not.toHaveBeenCalled();
  });
});
