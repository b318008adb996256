import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { ISessionApi } from '../src/api/client';
import { ApiError } from '../src/api/errors';
import type { Role } from '../src/api/shapes';
import { SessionModel } from '../src/session/model';
import type { Outcome } from '../src/session/model';
import { FakeLink } from './fakes/link';
import { frozen, participant, session, waiting } from './fakes/shapes';
import { FakeStorage } from './fakes/storage';

function fakeApi(): ISessionApi {
  const invitation = {
    id: 'i1',
    role: 'candidate' as const,
    url: '/base/codewithme/join/s1?code=abc',
    created_at: '',
    expires_at: '',
    revoked_at: null,
    uses: 0
  };
  return {
    session: vi.fn(() => Promise.resolve(session())),
    update: vi.fn(() => Promise.resolve(session({ role: 'host' }))),
    end: vi.fn(() => Promise.resolve(session({ role: 'host', status: 'ended' }))),
    freeze: vi.fn(() => Promise.resolve(session({ role: 'host', frozen: frozen() }))),
    unfreeze: vi.fn(() => Promise.resolve(session({ role: 'host' }))),
    leave: vi.fn(() => Promise.resolve()),
    invite: vi.fn(() => Promise.resolve(invitation)),
    admit: vi.fn(() => Promise.resolve()),
    reject: vi.fn(() => Promise.resolve()),
    remove: vi.fn(() => Promise.resolve()),
    chat: vi.fn(() => Promise.resolve({ items: [], next: null })),
    activity: vi.fn(() => Promise.resolve({ items: [], next: null })),
    executions: vi.fn(() => Promise.resolve([])),
    languages: vi.fn(() => Promise.resolve([])),
    snapshots: vi.fn(() => Promise.resolve({ items: [], next: null })),
    snapshot: vi.fn(),
    saveSnapshot: vi.fn(),
    restoreSnapshot: vi.fn(),
    filesNow: vi.fn()
  };
}

const SERVER_TIME = '2026-11-25T10:00:00Z';

describe('an interview', () => {
  let link: FakeLink;
  let api: ISessionApi;
  let outcomes: Outcome[];

  const open = (role: Role): SessionModel => {
    const model = new SessionModel({
      api,
      link,
      sessionId: 's1',
      userId: role === 'host' ? 'maya' : 'priya',
      role,
      origin: 'http://127.0.0.1:8888',
      storage: new FakeStorage()
    });
    model.closed.connect((_, outcome) => outcomes.push(outcome));
    model.start();
    return model;
  };
  const enter = (role: Role, people = [participant()], queue = [waiting()]): SessionModel => {
    const model = open(role);
    const state = { session: session({ role }), participants: people, lastSequence: 4, serverTime: SERVER_TIME };
    link.emit('session-state', { ...state, waiting: role === 'host' ? queue : null });
    return model;
  };

  beforeEach(() => {
    link = new FakeLink();
    api = fakeApi();
    outcomes = [];
  });

  it('lets a candidate only read while the editor is frozen, and those who hold it go on', () => {
    for (const role of ['candidate', 'observer', 'interviewer', 'host'] as const) {
      link = new FakeLink();
      const model = enter(role);
      const before = model.readingReason;
      link.emit('session-updated', session({ role, frozen: frozen() }));
      expect([role, before, model.readingReason]).toEqual([
        role,
        role === 'observer' ? 'watching' : null,
        { candidate: 'frozen', observer: 'watching', interviewer: null, host: null }[role]
      ]);
      link.emit('session-updated', session({ role, frozen: frozen({ reason: 'time_up' }) }));
      expect(model.readingReason).toBe(
        { candidate: 'time_up', observer: 'watching', interviewer: null, host: null }[role]
      );
      link.emit('session-updated', session({ role }));
      expect(model.readingReason).toBe(before);
    }
  });

  it('is frozen and unfrozen by whoever holds it', async () => {
    const model = enter('host');
    await model.freeze('frozen');
    expect(model.frozen?.by_name).toBe('Maya Lindqvist');
    await model.unfreeze();
    expect(model.frozen).toBeNull();
    expect(api.freeze).toHaveBeenCalledWith('s1', 'frozen');
  });

  it('joins as soon as it is connected, and again after each lost connection', () => {
    open('candidate');
    link.setState({ kind: 'reconnecting', attempt: 1, nextAt: null });
    link.setState({ kind: 'connected' });
    expect(link.sentOf('join-session')).toEqual([{ sessionId: 's1' }, { sessionId: 's1' }]);
  });

  it('fetches what it missed after every join', () => {
    const model = enter('candidate');
    link.emit('session-state', {
      session: session(),
      participants: [],
      waiting: null,
      lastSequence: 9,
      serverTime: SERVER_TIME
    });
    expect(api.chat).toHaveBeenCalledTimes(2);
    expect(api.activity).toHaveBeenCalledTimes(2);
    expect(api.executions).toHaveBeenCalledTimes(2);
    expect(model.session?.title).toBe('Backend engineer');
  });

  it('counts time from what the server said, whatever the clock of the computer says', () => {
    vi.useFakeTimers({ now: Date.parse(SERVER_TIME) + 3_600_000 });
    const model = enter('candidate');
    expect(model.serverNow()).toBe(Date.parse(SERVER_TIME));
    vi.setSystemTime(0);
    vi.advanceTimersByTime(90_000);
    expect(model.serverNow()).toBe(Date.parse(SERVER_TIME) + 90_000);
    vi.useRealTimers();
  });

  it('goes on when one of its parts cannot catch up', async () => {
    api.chat = () => Promise.reject(new ApiError({ code: 'unreachable', message: 'no' }));
    const model = enter('candidate');
    await Promise.resolve();
    expect(model.participants).toHaveLength(1);
    expect(outcomes).toEqual([]);
  });

  it('shows a host who waits, and tells of each person once', () => {
    const arrived: string[] = [];
    const model = open('host');
    model.arrived.connect((_, person) => arrived.push(person.username));
    link.emit('waiting-room-list', [waiting()]);
    link.emit('waiting-room-list', [waiting(), waiting({ userId: 'ana', username: 'Ana Ruiz' })]);
    expect(model.waiting.map(({ userId }) => userId)).toEqual(['jun', 'ana']);
    expect(arrived).toEqual(['Jun Watanabe', 'Ana Ruiz']);
  });

  it('tells again of somebody who was gone and asks once more', () => {
    const arrived: string[] = [];
    const model = enter('host');
    model.arrived.connect((_, person) => arrived.push(person.username));
    link.emit('waiting-room-list', []);
    link.emit('waiting-room-list', [waiting()]);
    expect(arrived).toEqual(['Jun Watanabe']);
  });

  it.each(['removed', 'rejected', 'waiting', 'left'] as const)('closes when the server says: %s', state => {
    enter('candidate');
    const status = { sessionId: 's1', admitted: false, isHost: false, waitingForHost: false, message: '' };
    link.emit('admission-status', { ...status, role: 'candidate', state });
    expect(outcomes).toEqual([state]);
  });

  it('ignores what the server says of another interview', () => {
    enter('candidate');
    const status = { admitted: false, isHost: false, waitingForHost: false, message: '', role: null };
    link.emit('admission-status', { ...status, sessionId: 's2', state: 'removed' });
    expect(outcomes).toEqual([]);
  });

  it('closes for a candidate when it ends, once', () => {
    enter('candidate');
    link.emit('session-ended', { sessionId: 's1', userId: 'maya', username: 'Maya', at: '2026-11-23T11:00:00Z' });
    const status = { sessionId: 's1', admitted: false, isHost: false, waitingForHost: false, message: '' };
    link.emit('admission-status', { ...status, role: 'candidate', state: 'ended' });
    expect(outcomes).toEqual(['ended']);
  });

  it('stays open to read for the host when it ends', () => {
    const model = enter('host');
    link.emit('session-ended', { sessionId: 's1', userId: 'maya', username: 'Maya', at: '2026-11-23T11:00:00Z' });
    expect(model.hasEnded).toBe(true);
    expect(model.session?.ended_at).toBe('2026-11-23T11:00:00Z');
    expect(outcomes).toEqual([]);
  });

  it.each([
    ['not_found', 'missing'],
    ['gone', 'ended'],
    ['not_authenticated', 'refused']
  ] as const)('closes when the join is refused with %s', async (code, outcome) => {
    link.answer('join-session', () => new ApiError({ code, message: '' }));
    open('candidate');
    await vi.waitFor(() => expect(outcomes).toEqual([outcome]));
  });

  it('waits for the next connection when the join got no answer', async () => {
    link.answer('join-session', () => new ApiError({ code: 'unreachable', message: '' }));
    open('candidate');
    await Promise.resolve();
    expect(outcomes).toEqual([]);
  });

  it('keeps its own role when what everyone may see changes', () => {
    const model = enter('candidate');
    link.emit('session-updated', session({ title: 'New title', role: 'host', folder: '' }));
    expect(model.session).toMatchObject({ title: 'New title', role: 'candidate', folder: 'interviews/s1' });
  });

  it('tells of a language that somebody else chose, not of its own choice', () => {
    const model = enter('candidate');
    const told: string[] = [];
    model.languageChosen.connect((_, change) => told.push(change.language));
    link.emit('language-change', { language: 'c', userId: 'maya', username: 'Maya' });
    link.emit('language-change', { language: 'cpp', userId: 'priya', username: 'Priya' });
    expect(told).toEqual(['c']);
    expect(model.session?.language).toBe('cpp');
  });

  it('makes a complete invitation link', async () => {
    const model = enter('host');
    await expect(model.invitationLink()).resolves.toBe('http://127.0.0.1:8888/base/codewithme/join/s1?code=abc');
  });

  it('ends its connection when it is disposed of', () => {
    const model = enter('host');
    model.dispose();
    expect(link.isDisposed).toBe(true);
  });
});
