import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { CallError, type Door } from '../src/api';
import { type ConnectionEvents, WaitingRoom, type WaitingState } from '../src/waiting';

const DOOR: Door = {
  id: 's',
  state: 'waiting',
  host_name: 'Maya Lindqvist',
  waiting_room_message: 'Five minutes.',
  host_is_online: true
};
const UNREACHABLE = new CallError('unreachable', 'We cannot reach the server.');

/** A waiting room whose server is under the test's hand. */
class Server {
  readonly door = vi.fn<(sessionId: string) => Promise<Door>>(() => Promise.resolve(DOOR));
  readonly token = vi.fn(() => Promise.resolve('token'));
  readonly close = vi.fn();
  readonly connections: ConnectionEvents[] = [];
  readonly states: WaitingState[] = [];
  readonly room = new WaitingRoom({
    sessionId: 's',
    api: this,
    connect: (_token, events) => {
      this.connections.push(events);
      return { close: this.close };
    },
    onChange: state => this.states.push(state)
  });

  get state(): WaitingState {
    return this.states.at(-1)!;
  }

  get connection(): ConnectionEvents {
    return this.connections.at(-1)!;
  }

  /** Lets answers that are there already arrive; no time passes. */
  async settle(): Promise<void> {
    await vi.advanceTimersByTimeAsync(0);
  }
}

let server: Server;

beforeEach(() => {
  vi.useFakeTimers();
  server = new Server();
});

afterEach(() => {
  server.room.close();
  vi.useRealTimers();
});

describe('the waiting room', () => {
  it('shows the host and their message as soon as the door has answered', async () => {
    server.room.start();
    await server.settle();
    expect(server.state).toMatchObject({ isHostHere: true, hostName: 'Maya Lindqvist', message: 'Five minutes.' });
  });

  it('hears over the socket that the host has come', async () => {
    server.door.mockResolvedValue({ ...DOOR, host_is_online: false });
    server.room.start();
    await server.settle();
    server.connection.onJoined();
    expect(server.state.isHostHere).toBe(false);
    server.connection.onNews({ state: 'waiting', isHostHere: true, message: null });
    expect(server.state).toMatchObject({ isHostHere: true, message: 'Five minutes.', connection: 'connected' });
  });

  it('ends when the person is admitted, and hears nothing more', async () => {
    server.room.start();
    await server.settle();
    server.connection.onNews({ state: 'admitted', isHostHere: null, message: null });
    expect(server.state.door).toBe('admitted');
    expect(server.close).toHaveBeenCalled();
    const told = server.states.length;
    server.connection.onNews({ state: 'removed', isHostHere: null, message: null });
    server.connection.onLost();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.states.length).toBe(told);
  });

  it('does not open a socket for somebody the door has sent away already', async () => {
    server.door.mockResolvedValue({ ...DOOR, state: 'rejected' });
    server.room.start();
    await server.settle();
    expect(server.state.door).toBe('rejected');
    expect(server.connections).toHaveLength(0);
  });

  it('does not take the word to a rejected person for the waiting-room message', async () => {
    server.room.start();
    await server.settle();
    server.connection.onNews({ state: 'rejected', isHostHere: null, message: 'Not today.' });
    expect(server.state.message).toBe('Five minutes.');
  });

  it('asks the door when the socket is lost, then opens another', async () => {
    server.room.start();
    await server.settle();
    server.connection.onJoined();
    server.connection.onLost();
    await server.settle();
    expect(server.state.connection).toBe('connected');
    expect(server.connections).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(5000);
    expect(server.connections).toHaveLength(2);
  });

  it('learns by asking the door that the person was admitted while the socket was away', async () => {
    server.room.start();
    await server.settle();
    server.door.mockResolvedValue({ ...DOOR, state: 'admitted' });
    server.connection.onLost();
    await server.settle();
    expect(server.state.door).toBe('admitted');
  });

  it('tries again by itself, at longer and longer intervals up to eight seconds', async () => {
    server.door.mockRejectedValue(UNREACHABLE);
    server.room.start();
    const pauses: number[] = [];
    for (let round = 0; round < 6; round++) {
      await server.settle();
      const pause = server.state.nextTryAt! - Date.now();
      pauses.push(pause);
      await vi.advanceTimersByTimeAsync(pause);
    }
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 8000, 8000]);
    expect(server.state.connection).toBe('lost');
  });

  it('comes back when the server does', async () => {
    server.door.mockRejectedValueOnce(UNREACHABLE);
    server.room.start();
    await server.settle();
    expect(server.state.connection).toBe('lost');
    await vi.advanceTimersByTimeAsync(1000);
    expect(server.state).toMatchObject({ connection: 'connected', nextTryAt: null });
  });

  it('tries at once when asked to, and only once', async () => {
    server.door.mockRejectedValueOnce(UNREACHABLE);
    server.room.start();
    await server.settle();
    server.room.tryNow();
    await vi.advanceTimersByTimeAsync(4000);
    expect(server.door).toHaveBeenCalledTimes(2);
  });

  it('drops the answer to an attempt that was given up', async () => {
    let answer: (door: Door) => void = () => undefined;
    server.door.mockReturnValueOnce(new Promise(resolve => (answer = resolve)));
    server.room.start();
    server.room.tryNow();
    await server.settle();
    answer({ ...DOOR, state: 'ended' });
    await server.settle();
    expect(server.state.door).toBe('waiting');
    expect(server.connections).toHaveLength(1);
  });

  it('ends when nobody waits here any more', async () => {
    server.door.mockRejectedValue(new CallError('not_found', 'There is no such interview.'));
    server.room.start();
    await server.settle();
    expect(server.state.door).toBe('unknown');
  });

  it('is quiet once it is closed', async () => {
    server.room.start();
    server.room.close();
    await vi.advanceTimersByTimeAsync(60_000);
    server.room.tryNow();
    await server.settle();
    expect(server.states).toEqual([]);
    expect(server.connections).toHaveLength(0);
  });
});
