/** Wire shapes with sensible values, to be changed where a test cares. */
import type {
  Activity,
  ChatMessage,
  Execution,
  Freeze,
  Participant,
  Session,
  SessionCard,
  WaitingEntry
} from '../../src/api/shapes';

const AT = '2026-11-23T10:00:00Z';

export function session(change: Partial<Session> = {}): Session {
  return {
    id: 's1',
    title: 'Backend engineer',
    description: '',
    language: 'python',
    status: 'live',
    host_id: 'maya',
    host_name: 'Maya Lindqvist',
    has_password: false,
    auto_admit: false,
    version: 1,
    waiting_room_message: '',
    problem_statement: '',
    role: 'candidate',
    folder: 'interviews/s1',
    created_at: AT,
    updated_at: AT,
    started_at: AT,
    ended_at: null,
    frozen: null,
    participants: [],
    ...change
  };
}

export function frozen(change: Partial<Freeze> = {}): Freeze {
  return { at: AT, by_id: 'maya', by_name: 'Maya Lindqvist', reason: 'frozen', ...change };
}

export function card(change: Partial<SessionCard> = {}): SessionCard {
  return {
    id: 's1',
    title: 'Backend engineer',
    description: '',
    language: 'python',
    status: 'live',
    host_id: 'maya',
    host_name: 'Maya Lindqvist',
    has_password: false,
    role: 'host',
    participants: 1,
    waiting: 0,
    created_at: AT,
    started_at: AT,
    ended_at: null,
    ...change
  };
}

export function participant(change: Partial<Participant> = {}): Participant {
  return {
    userId: 'priya',
    username: 'Priya Nair',
    role: 'candidate',
    color: 1,
    isOnline: true,
    joinedAt: AT,
    ...change
  };
}

export function waiting(change: Partial<WaitingEntry> = {}): WaitingEntry {
  return {
    socketId: null,
    userId: 'jun',
    username: 'Jun Watanabe',
    role: 'observer',
    requestedAt: AT,
    isOnline: true,
    ...change
  };
}

export function message(sequence: number, change: Partial<ChatMessage> = {}): ChatMessage {
  return {
    id: `m${sequence}`,
    sequence,
    userId: 'maya',
    username: 'Maya Lindqvist',
    text: `message ${sequence}`,
    timestamp: AT,
    key: null,
    ...change
  };
}

export function activity(sequence: number, change: Partial<Activity> = {}): Activity {
  return { sequence, type: 'session-started', userId: 'maya', username: 'Maya Lindqvist', at: AT, data: {}, ...change };
}

export function execution(change: Partial<Execution> = {}): Execution {
  return {
    executionId: 'e1',
    language: 'python',
    entry: 'main.py',
    stdout: '',
    stderr: '',
    exitCode: 0,
    executionTime: 420,
    cpuTime: 100,
    memoryPeak: 18 * 1024,
    queueTime: 5,
    compileTime: 0,
    limits: { time: 10_000, memory: 128 * 1024 },
    stage: 'run',
    signal: null,
    limit: null,
    isTruncated: false,
    error: null,
    userId: 'priya',
    username: 'Priya Nair',
    startedAt: AT,
    finishedAt: AT,
    ...change
  };
}
