/** The generated wire types under the names the front end uses. */
export type {
  AccessToken,
  Activity,
  AdmissionState,
  ChatMessage,
  Execution,
  Health,
  Invitation,
  JoinAnswer,
  Language,
  Participant,
  Role,
  Session,
  SessionCard,
  SessionStatus,
  User,
  WaitingEntry,
  WaitingPerson
} from './types';
