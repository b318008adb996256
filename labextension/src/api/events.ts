/** Names and payloads of the live connection's messages, in both directions. */
import type {
  Activity,
  AdmissionStatus,
  ChatMessage,
  Execution,
  FilesChanged,
  LanguageMessage,
  Participants,
  RunInput,
  RunOutput,
  RunQueued,
  RunStarted,
  Session,
  SessionMoment,
  SessionPointer,
  SessionState,
  SnapshotRestored,
  SnapshotSummary,
  Started,
  WaitingEntry
} from './shapes';

/** What the server sends. */
export interface ILiveEvents {
  'admission-status': AdmissionStatus;
  'session-state': SessionState;
  'session-updated': Session;
  'session-ended': SessionMoment;
  'session-deleted': SessionPointer;
  'sessions-changed': SessionPointer;
  participants: Participants;
  'waiting-room-list': WaitingEntry[];
  'chat-message': ChatMessage;
  'language-change': LanguageMessage;
  'run-started': RunStarted;
  'run-queued': RunQueued;
  'run-output': RunOutput;
  'run-input': RunInput;
  'run-code': Execution;
  'files-changed': FilesChanged;
  'snapshot-saved': SnapshotSummary;
  'snapshot-restored': SnapshotRestored;
  activity: Activity;
}

/** What we send, and the data of its acknowledgement. */
export interface ILiveMessages {
  'join-session': [{ sessionId: string }, unknown];
  'chat-message': [{ text: string; key: string }, ChatMessage];
  'language-change': [{ language: string }, unknown];
  'run-stop': [{ executionId: string }, unknown];
  'run-input': [{ executionId: string; text: string; isLast: boolean }, unknown];
  'run-code': [{ language: string; entry: string; stdin?: string; isInteractive?: boolean }, Started];
}
