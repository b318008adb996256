import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { ISessionsApi } from '../src/api/client';
import { ApiError } from '../src/api/errors';
import type { SessionCard, WaitingPerson } from '../src/api/shapes';
import { readDoor } from '../src/sessions/address';
import { SessionsModel } from '../src/sessions/model';
import { FakeLink } from './fakes/link';
import { card } from './fakes/shapes';

const ID = '0f0e0d0c-0b0a-4908-8706-050403020100';
const PRIYA: WaitingPerson = {
  user_id: 'priya',
  username: 'Priya Nair',
  role: 'candidate',
  requested_at: '2026-11-23T10:00:00Z',
  is_online: true
};

describe('the dashboard', () => {
  let link: FakeLink;
  let cards: SessionCard[];
  let queue: WaitingPerson[];
  let api: Partial<ISessionsApi>;
  let model: SessionsModel;

  beforeEach(() => {
    link = new FakeLink();
    cards = [card(), card({ id: 's2', status: 'open' }), card({ id: 's3', status: 'ended' })];
    queue = [];
    api = {
      sessions: vi.fn(status =>
        Promise.resolve({ items: cards.filter(item => item.status === (status as string)), next: null })
      ),
      waiting: vi.fn(() => Promise.resolve(queue)),
      languages: () => Promise.resolve([]),
      health: () => Promise.reject(new ApiError({ code: 'unreachable', message: 'no' }))
    };
    model = new SessionsModel({ api: api as ISessionsApi, link, origin: 'http://127.0.0.1:8888' });
  });

  it('sorts interviews by what can be done with them', async () => {
    await model.refresh();
    expect([model.live, model.open, model.ended].map(list => list.map(({ id }) => id))).toEqual([
      ['s1'],
      ['s2'],
      ['s3']
    ]);
  });

  it('asks who waits only at doors where somebody does and this person may open', async () => {
    cards = [card({ waiting: 1 }), card({ id: 's2', waiting: 1, role: 'candidate' }), card({ id: 's4' })];
    queue = [PRIYA];
    await model.refresh();
    expect(api.waiting).toHaveBeenCalledTimes(1);
    expect(model.waitingAt('s1')).toEqual([PRIYA]);
    expect(model.waitingKeys).toEqual(['s1 priya']);
  });

  it('tells of a person who starts to wait, once', async () => {
    const arrived: string[] = [];
    model.arrived.connect((_, { sessionId, person }) => arrived.push(`${sessionId} ${person.username}`));
    cards = [card({ waiting: 1 })];
    queue = [PRIYA];
    await model.refresh();
    await model.refresh();
    expect(arrived).toEqual(['s1 Priya Nair']);
  });

  it('fetches again when the server says that something changed', async () => {
    vi.useFakeTimers();
    try {
      link.emit('sessions-changed', { sessionId: 's1' });
      link.emit('sessions-changed', { sessionId: 's1' });
      await vi.advanceTimersByTimeAsync(1000);
      expect(api.sessions).toHaveBeenCalledTimes(3);
    } finally {
      vi.useRealTimers();
    }
  });

  it('keeps the last list and says why when the server does not answer', async () => {
    await model.refresh();
    api.sessions = () => Promise.reject(new ApiError({ code: 'unreachable', message: 'The server did not answer.' }));
    await model.refresh();
    expect(model.live).toHaveLength(1);
    expect(model.problem).toBe('The server did not answer.');
  });
});

describe('what is pasted to join', () => {
  it('may be the whole invitation', () => {
    const link = `http://host:8888/base/codewithme/join/${ID}?code=a.b-c_d`;
    expect(readDoor(link)).toEqual({ sessionId: ID, code: 'a.b-c_d' });
  });

  it('may be the id, in capitals and with blanks around it', () => {
    expect(readDoor(` ${ID.toUpperCase()} `)).toEqual({ sessionId: ID, code: null });
  });

  it('may be the address of the interview itself', () => {
    expect(readDoor(`http://host/lab/workspaces/interview-${ID}`)?.sessionId).toBe(ID);
  });

  it('is nothing else', () => {
    expect(readDoor('tomorrow at ten')).toBeNull();
  });
});
