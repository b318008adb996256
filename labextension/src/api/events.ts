/** Names and payloads of the live connection's messages, in both directions. */
import type {
  Activity,
  AdmissionState,
  ChatMessage,
  Execution,
  Participant,
  Role,
  Session,
  WaitingEntry
} from './shapes';

/** What the server sends. */
export interface ILiveEvents {
  'admission-status': {
    sessionId: string;
    admitted: boolean;
    isHost: boolean;
    role: Role;
    state: AdmissionState;
    message?: string | null;
  };
  'session-state': {
    session: Session;
    participants: Participant[];
    waiting?: WaitingEntry[] | null;
    lastSequence: number;
  };
  'session-updated': Partial<Session>;
  'session-ended': { sessionId: string; userId: string | null; username: string; at: string };
  'session-deleted': { sessionId: string };
  'sessions-changed': { sessionId: string };
  participants: { participants: Participant[] };
  'waiting-room-list': WaitingEntry[];
  'chat-message': ChatMessage;
  'language-change': { language: string; userId: string; username: string };
  'run-started': Pick<Execution, 'executionId' | 'language' | 'entry' | 'userId' | 'username' | 'startedAt'>;
  'run-output': { executionId: string; stream: 'stdout' | 'stderr'; text: string };
  'run-code': Execution;
  activity: Activity;
}

/** What we send, and the data of its acknowledgement. */
export interface ILiveMessages {
  'join-session': [{ sessionId: string }, unknown];
  'chat-message': [{ text: string; key: string }, ChatMessage];
  'language-change': [{ language: string }, unknown];
  'run-code': [
    { language: string; files: Record<string, string>; entry: string; stdin?: string },
    { executionId: string }
  ];
}
