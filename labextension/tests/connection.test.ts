import { beforeEach, describe, expect, it, vi } from 'vitest';

import { Login } from '../src/account/login';
import { ApiError } from '../src/api/errors';
import { delayBefore } from '../src/api/socket';
import { ConnectionModel } from '../src/connection/model';
import { FakeLink } from './fakes/link';
import { FakeStorage } from './fakes/storage';

describe('the connection', () => {
  let link: FakeLink;
  let connection: ConnectionModel;

  beforeEach(() => {
    link = new FakeLink();
    connection = new ConnectionModel({ link });
    link.connect();
  });

  it('is saved, or saving while a document has changes that the server has not written', () => {
    expect(connection.state.kind).toBe('saved');
    connection.noteSaved('main.py', false);
    expect(connection.state.kind).toBe('saving');
    connection.noteSaved('main.py', true);
    expect(connection.state.kind).toBe('saved');
  });

  it('counts edits while it is lost, and only then', () => {
    connection.noteEdit();
    link.setState({ kind: 'offline' });
    connection.noteEdit();
    connection.noteEdit();
    expect(connection.state).toEqual({ kind: 'offline', edits: 2 });
  });

  it('says for a moment how many edits were sent when it is back', () => {
    vi.useFakeTimers();
    try {
      link.setState({ kind: 'reconnecting', attempt: 2, nextAt: 5 });
      connection.noteEdit();
      expect(connection.state).toEqual({ kind: 'reconnecting', attempt: 2, nextAt: 5, edits: 1 });
      link.connect();
      expect(connection.state).toEqual({ kind: 'back', edits: 1 });
      vi.advanceTimersByTime(4000);
      expect(connection.state.kind).toBe('saved');
    } finally {
      vi.useRealTimers();
    }
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
      token: vi.fn(() => Promise.resolve({ token: 'jwt', expiresIn: 3600 })),
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
