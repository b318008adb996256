/** The waiting room's connection: Socket.IO, one try at a time. When to try again is the waiting room's business. */
import { io } from 'socket.io-client';

import type { DoorState } from './api';
import type { Connection, ConnectionEvents, DoorNews } from './waiting';

const ACK_TIMEOUT_MS = 10_000;
const STATES: readonly string[] = ['waiting', 'admitted', 'rejected', 'removed', 'left', 'ended'];

export function connect(baseUrl: string, sessionId: string, token: string, events: ConnectionEvents): Connection {
  const socket = io(location.origin, {
    path: `${baseUrl}socket.io/`,
    auth: { token },
    reconnection: false,
    forceNew: true,
    timeout: ACK_TIMEOUT_MS
  });
  let isLost = false;
  const lose = (): void => {
    if (!isLost) {
      isLost = true;
      socket.disconnect();
      events.onLost();
    }
  };

  socket.on('connect', () => {
    socket.timeout(ACK_TIMEOUT_MS).emit('join-session', { sessionId }, (error: Error | null, answer: unknown) => {
      if (error || !isSuccess(answer)) {
        lose();
      } else {
        events.onJoined();
      }
    });
  });
  socket.on('admission-status', (status: unknown) => {
    const news = readStatus(status, sessionId);
    if (news) {
      events.onNews(news);
    }
  });
  socket.on('session-ended', () => events.onNews({ state: 'ended', isHostHere: null, message: null }));
  socket.on('session-deleted', lose);
  socket.on('connect_error', lose);
  socket.on('disconnect', lose);
  return { close: () => ((isLost = true), socket.disconnect()) };
}

/** An `admission-status` about this session; null for anything else. */
export function readStatus(status: unknown, sessionId: string): DoorNews | null {
  if (!isRecord(status) || status.sessionId !== sessionId) {
    return null;
  }
  const state = readState(status);
  if (state === null) {
    return null;
  }
  return {
    state,
    isHostHere: typeof status.waitingForHost === 'boolean' ? !status.waitingForHost : null,
    message: typeof status.message === 'string' ? status.message : null
  };
}

function readState(status: Record<string, unknown>): DoorState | null {
  if (status.admitted === true) {
    return 'admitted';
  }
  return typeof status.state === 'string' && STATES.includes(status.state) ? (status.state as DoorState) : null;
}

function isSuccess(answer: unknown): boolean {
  return isRecord(answer) && answer.status === 'success';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
