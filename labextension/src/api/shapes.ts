/** The generated wire types under the names the front end uses, and the few answers that are made of several of them. */
import type { AdmissionStatus, Door, Session } from './types';

export type {
  AccessToken,
  Activity,
  ActivityPage,
  AdmissionStatus,
  ChatMessage,
  ChatPage,
  Execution,
  FilesChanged,
  FilesNow,
  Freeze,
  FreezeReason,
  Invitation,
  Language,
  LanguageMessage,
  Participants,
  Restoration,
  Role,
  RunInput,
  RunOutput,
  RunQueued,
  RunStarted,
  Session,
  SessionChanges,
  SessionCreation,
  SessionMoment,
  SessionPage,
  SessionPointer,
  SessionState,
  SessionStatus,
  SnapshotFiles,
  SnapshotPage,
  SnapshotRestored,
  SnapshotSummary,
  Started,
  WaitingEntry
} from './types';
export type { ParticipantEntry as Participant, SessionSummary as SessionCard, Waiting as WaitingPerson } from './types';

/** Where a person stands at an interview's door. */
export type AdmissionState = AdmissionStatus['state'];

/** POST sessions/join: the whole session when admitted, else only who invites. */
export type JoinAnswer = Pick<Door, 'id' | 'state' | 'host_name' | 'waiting_room_message'> & Partial<Session>;

/** GET health; the schema of the wire has no shape for it. */
export interface Health {
  database: { available: boolean };
  sandbox: { available: boolean; reason: string | null; advice: string | null };
  realtime: { available: boolean };
  version: string;
}
