/** The wire's shapes. Generated from schema/api/wire.json by `jlpm generate:types`; do not edit. */
/* eslint-disable */

/**
 * What somebody is in one session.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Role".
 */
export type Role = 'host' | 'interviewer' | 'candidate' | 'observer';
/**
 * What somebody is on this server, whatever they are in a session.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "UserRole".
 */
export type UserRole = 'user' | 'admin' | 'guest';
/**
 * What is in a document; JupyterLab's names.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "DocumentKind".
 */
export type DocumentKind = 'file' | 'notebook';
/**
 * Why the editor is frozen.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "FreezeReason".
 */
export type FreezeReason = 'frozen' | 'time_up';
/**
 * Where an interview stands.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "SessionStatus".
 */
export type SessionStatus = 'open' | 'live' | 'ended';
/**
 * Why the editor is frozen.
 */
export type FreezeReason1 = 'frozen' | 'time_up';
/**
 * Why a document changed.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "UpdateKind".
 */
export type UpdateKind = 'edit' | 'load' | 'restore' | 'file' | 'bookkeeping';
/**
 * What a browser can observe of the person in front of it.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ProctoringEventType".
 */
export type ProctoringEventType =
  | 'tab_left'
  | 'tab_returned'
  | 'window_blurred'
  | 'window_focused'
  | 'copy'
  | 'cut'
  | 'paste'
  | 'fullscreen_entered'
  | 'fullscreen_left'
  | 'connection_lost'
  | 'connection_returned';
/**
 * Why a snapshot was saved.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "SnapshotReason".
 */
export type SnapshotReason = 'by_hand' | 'after_run' | 'before_restore' | 'at_end';

export interface Wire {
  [k: string]: unknown;
}
/**
 * POST invitations/accept: somebody with a link asks to join. Accounts keep their own name.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Acceptance".
 */
export interface Acceptance {
  code: string;
  consent?: boolean;
  name?: string | null;
  password?: string | null;
  session_id: string;
}
/**
 * POST invitations/accept: where the person now stands; a guest who had no log-in gets one.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Accepted".
 */
export interface Accepted {
  refreshToken?: string | null;
  session: Door;
  token?: string | null;
  user: UserView;
}
/**
 * All that somebody who is not inside may know: where they stand, who invites, and the host's word to them.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Door".
 */
export interface Door {
  host_is_online: boolean;
  host_name: string;
  id: string;
  message: string;
  /**
   * Since when the person has waited.
   */
  requested_at: string;
  role: Role;
  state: 'waiting' | 'admitted' | 'rejected' | 'removed' | 'left' | 'ended';
  waiting_room_message: string;
}
/**
 * A person as they see themselves.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "UserView".
 */
export interface UserView {
  email: string | null;
  id: string;
  name: string;
  role: UserRole;
}
/**
 * POST auth/token: an access token for the Socket.IO handshake.
 *
 * `expiresIn` seconds are left of the one that asked, and so of this; a fresh one has `lifetime_s`.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "AccessToken".
 */
export interface AccessToken {
  expiresIn: number;
  lifetime_s: number;
  token: string;
}
/**
 * One line of the activity log.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Activity".
 */
export interface Activity {
  at: string;
  data: {
    [k: string]: unknown;
  };
  sequence: number;
  type: string;
  userId: string | null;
  username: string;
}
/**
 * GET sessions/:id/activity: in order; `next` is the sequence to ask `after` (or `before`, when reading backwards).
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ActivityPage".
 */
export interface ActivityPage {
  activity: Activity[];
  next: number | null;
}
/**
 * `admission-status`: where the receiver stands with a session.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "AdmissionStatus".
 */
export interface AdmissionStatus {
  admitted: boolean;
  isHost: boolean;
  message: string;
  role: Role | null;
  sessionId: string;
  state: ('waiting' | 'admitted') | ('rejected' | 'removed' | 'left' | 'ended');
  waitingForHost: boolean;
}
/**
 * `set-auto-admit`.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "AutoAdmit".
 */
export interface AutoAdmit {
  enabled: boolean;
  sessionId: string;
}
/**
 * POST sessions/:id/chat.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ChatAnswer".
 */
export interface ChatAnswer {
  message: ChatMessage;
}
/**
 * `chat-message` to everyone, and a line of GET sessions/:id/chat.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ChatMessage".
 */
export interface ChatMessage {
  id: string;
  key: string | null;
  sequence: number;
  text: string;
  timestamp: string;
  userId: string;
  username: string;
}
/**
 * GET sessions/:id/chat, in order; `next` is the sequence to ask `after` (or `before`, when reading backwards).
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ChatPage".
 */
export interface ChatPage {
  messages: ChatMessage[];
  next: number | null;
}
/**
 * `chat-message` from a client; `key` makes a retry harmless.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ChatWish".
 */
export interface ChatWish {
  key?: string | null;
  text: string;
}
/**
 * POST auth/login.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Credentials".
 */
export interface Credentials {
  email: string;
  password: string;
}
/**
 * GET auth/devices: last used first.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "DeviceList".
 */
export interface DeviceList {
  devices: DeviceView[];
}
/**
 * A log-in of the reader's; `is_current` is the one that asks.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "DeviceView".
 */
export interface DeviceView {
  address: string;
  created_at: string;
  id: string;
  is_current: boolean;
  last_used_at: string;
  user_agent: string;
}
/**
 * Somebody who changed a document, and in how many updates.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "DocumentAuthor".
 */
export interface DocumentAuthor {
  name: string;
  updates: number;
}
/**
 * GET sessions/:id/documents, by path; files that nobody has opened have no document yet.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "DocumentList".
 */
export interface DocumentList {
  documents: DocumentSummary[];
}
/**
 * A line of GET sessions/:id/documents; `retiredAt` since when it is no longer the document at its path.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "DocumentSummary".
 */
export interface DocumentSummary {
  authors: DocumentAuthor[];
  changedAt: string | null;
  createdAt: string;
  damage: string | null;
  id: string;
  kind: DocumentKind;
  path: string;
  retiredAt: string | null;
  updates: number;
}
/**
 * GET sessions/:id/documents/:path/text; `damage` says what could not be read after `sequence`, if anything.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "DocumentText".
 */
export interface DocumentText {
  damage: string | null;
  document: string;
  kind: DocumentKind;
  path: string;
  sequence: number;
  text: string;
}
/**
 * Whether what people write together can be stored just now; while it cannot, it is kept in browsers and in memory.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "DocumentsHealth".
 */
export interface DocumentsHealth {
  advice: string | null;
  available: boolean;
  /**
   * How many documents have been set aside because their history was damaged.
   */
  quarantined: number;
  reason: string | null;
}
/**
 * POST sessions/join by somebody already inside: the door, and the session behind it.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "EnteredSession".
 */
export interface EnteredSession {
  auto_admit: boolean;
  created_at: string;
  description: string;
  ended_at: string | null;
  folder: string;
  frozen: Freeze | null;
  has_password: boolean;
  host_id: string;
  host_is_online: boolean;
  host_name: string;
  id: string;
  language: string;
  message: string;
  participants: Participant[];
  problem_statement: string;
  /**
   * Since when the person has waited.
   */
  requested_at: string;
  role: Role;
  started_at: string | null;
  state: 'waiting' | 'admitted' | 'rejected' | 'removed' | 'left' | 'ended';
  status: SessionStatus;
  updated_at: string;
  /**
   * Counts changes of the settings; the ETag of HTTP.
   */
  version: number;
  waiting_room_message: string;
  title: string;
}
/**
 * Who froze the editor, when, and why.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Freeze".
 */
export interface Freeze {
  at: string;
  by_id: string | null;
  by_name: string;
  reason: FreezeReason;
}
/**
 * Somebody admitted, as the others see them. `color` is 0 to 7.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Participant".
 */
export interface Participant {
  color: number;
  is_online: boolean;
  joined_at: string | null;
  name: string;
  role: Role;
  user_id: string;
}
/**
 * POST execute; with `sessionId` everybody in the session sees the run. Nothing is typed over HTTP.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ExecuteRequest".
 */
export interface ExecuteRequest {
  code?: string | null;
  entry?: string | null;
  files?: {
    [k: string]: string;
  } | null;
  isInteractive?: false;
  language: string;
  sessionId?: string | null;
  stdin?: string;
}
/**
 * `run-code` to everyone, and the answer to POST execute.
 *
 * Times in ms, `memoryPeak` in KiB: `executionTime`, `cpuTime`, `memoryPeak` and `limits` are those of `stage`, the stage
 * that ended the run; `queueTime` passed before the first stage. `exitCode` is 128 + n for a program ended by signal n, and null
 * where `error` says that it could not be run. `limit`: wall_time, memory, output, processes or file_size.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Execution".
 */
export interface Execution {
  compileTime: number;
  cpuTime: number;
  entry: string;
  error: RunError | null;
  executionId: string;
  executionTime: number;
  exitCode: number | null;
  finishedAt: string;
  isTruncated: boolean;
  language: string;
  limit: string | null;
  limits: StageLimits | null;
  memoryPeak: number | null;
  queueTime: number;
  signal: string | null;
  stage: ('compile' | 'run') | null;
  startedAt: string;
  stderr: string;
  stdout: string;
  userId: string;
  username: string;
}
/**
 * Why a program could not be run at all.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "RunError".
 */
export interface RunError {
  code: string;
  message: string;
}
/**
 * The most a stage may use: `time` in ms, `memory` in KiB.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "StageLimits".
 */
export interface StageLimits {
  memory: number;
  time: number;
}
/**
 * GET sessions/:id/executions, newest first.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ExecutionPage".
 */
export interface ExecutionPage {
  executions: Execution[];
  next: string | null;
}
/**
 * What is wrong with one field; `field` is a dotted path such as `files.main.py`.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "FieldError".
 */
export interface FieldError {
  field: string;
  message: string;
}
/**
 * `files-changed`: something of the session's folder is new, was overwritten, has another path, or is gone.
 *
 * Paths are relative to the folder; `oldPath` is the one before a renaming. Typing in an open document is no change of this kind.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "FilesChanged".
 */
export interface FilesChanged {
  change: 'created' | 'changed' | 'renamed' | 'deleted';
  oldPath: string | null;
  path: string;
  userId: string | null;
  username: string;
}
/**
 * GET sessions/:id/snapshots/now: what a snapshot saved at this moment would hold.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "FilesNow".
 */
export interface FilesNow {
  files: {
    [k: string]: string;
  };
}
/**
 * POST sessions/:id/freeze; `time_up` says that the interview's time is over rather than that somebody has a word to say.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "FreezeWish".
 */
export interface FreezeWish {
  reason?: FreezeReason1;
}
/**
 * What a log-in gives: who it is, an access token (JWT) and a refresh token that can be used once.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Grant".
 */
export interface Grant {
  refreshToken: string;
  token: string;
  user: UserView;
}
/**
 * GET health; `ready`: requests may be sent here. `missing` names the parts that do not work.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Health".
 */
export interface Health {
  database: PartAvailable;
  disk: PartHealth;
  documents: DocumentsHealth;
  missing: string[];
  ready: boolean;
  realtime: PartAvailable;
  /**
   * Null where no Redis is configured.
   */
  redis?: PartHealth | null;
  sandbox: PartHealth;
  version: string;
}
/**
 * Whether a part works.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "PartAvailable".
 */
export interface PartAvailable {
  available: boolean;
}
/**
 * Whether a part works; if not why, and what to do.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "PartHealth".
 */
export interface PartHealth {
  advice: string | null;
  available: boolean;
  reason: string | null;
}
/**
 * The whole state after a sequence, in base64 as one Yjs update.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "HistoryKeyframe".
 */
export interface HistoryKeyframe {
  sequence: number;
  update: string;
}
/**
 * GET sessions/:id/documents/:path/history, in order; apply `keyframe` and then every update to an empty Yjs document.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "HistoryPage".
 */
export interface HistoryPage {
  document: string;
  keyframe: HistoryKeyframe | null;
  kind: DocumentKind;
  next: number | null;
  path: string;
  updates: HistoryUpdate[];
}
/**
 * One update, in base64 as Yjs encodes it (version 1). `bookkeeping` ones change nothing of the content.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "HistoryUpdate".
 */
export interface HistoryUpdate {
  at: string;
  authorId: string | null;
  authorName: string;
  kind: UpdateKind;
  sequence: number;
  update: string;
}
/**
 * An invitation as hosts see it; `url` is the join page's address, below the base URL until a way in puts that before it.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Invitation".
 */
export interface Invitation {
  created_at: string;
  expires_at: string;
  id: string;
  revoked_at: string | null;
  role: Role;
  url: string;
  uses: number;
}
/**
 * One invitation.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "InvitationAnswer".
 */
export interface InvitationAnswer {
  invitation: Invitation;
}
/**
 * POST sessions/:id/invitations; nobody is invited as host.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "InvitationCreation".
 */
export interface InvitationCreation {
  expires_in_s?: number;
  role?: 'interviewer' | 'candidate' | 'observer';
}
/**
 * GET sessions/:id/invitations, newest first.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "InvitationList".
 */
export interface InvitationList {
  invitations: Invitation[];
}
/**
 * POST sessions/join: the whole session only for somebody already inside.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "JoinAnswer".
 */
export interface JoinAnswer {
  session: EnteredSession | Door;
}
/**
 * POST sessions/join: an account asks to join by the session's id.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "JoinRequest".
 */
export interface JoinRequest {
  /**
   * Whether the person was told what is recorded, and agreed; kept with the request.
   */
  consent?: boolean;
  id: string;
  password?: string | null;
}
/**
 * `join-session`. Name and `isCreator` are the client's claims: they are taken and never believed.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "JoinSession".
 */
export interface JoinSession {
  isCreator?: {
    [k: string]: unknown;
  };
  password?: string | null;
  sessionId: string;
  username?: {
    [k: string]: unknown;
  };
}
/**
 * A language code can be run in; `reason` says why not where `available` is false.
 *
 * `compileLimits` is null where nothing checks a program before it runs; with `hasPage` the output is a page to be shown.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Language".
 */
export interface Language {
  available: boolean;
  compileLimits: StageLimits | null;
  editorMode: string;
  fileName: string;
  hasPage: boolean;
  icon: string;
  id: string;
  name: string;
  reason: string | null;
  runLimits: StageLimits;
  version: string;
}
/**
 * `language-change`.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "LanguageChange".
 */
export interface LanguageChange {
  language: string;
}
/**
 * GET languages.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "LanguageList".
 */
export interface LanguageList {
  languages: Language[];
}
/**
 * `language-change`.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "LanguageMessage".
 */
export interface LanguageMessage {
  language: string;
  userId: string | null;
  username: string;
}
/**
 * `leave-session`: this connection stops following; the person stays admitted.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "LeaveSession".
 */
export interface LeaveSession {
  sessionId: string;
}
/**
 * GET health/live.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Live".
 */
export interface Live {
  live: boolean;
}
/**
 * POST auth/set-password: the token of a sign-in link, and the password to have from now on.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "NewPassword".
 */
export interface NewPassword {
  password: string;
  token: string;
}
/**
 * One observation; `sequence` counts from 1 for this person in this session, over reloads too.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Observation".
 */
export interface Observation {
  event_data?: {
    [k: string]: unknown;
  };
  event_type: ProctoringEventType;
  sequence: number;
}
/**
 * POST sessions/:id/proctoring. Whose they are and when they came in, the server says.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Observations".
 */
export interface Observations {
  /**
   * @minItems 1
   * @maxItems 100
   */
  events: Observation[];
}
/**
 * What one test came to; `limit` and `error` as in the answer of POST execute.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "OutcomeOfTest".
 */
export interface OutcomeOfTest {
  executionTime: number;
  exitCode: number | null;
  is_hidden: boolean;
  limit: string | null;
  name: string;
  passed: boolean;
  points: number;
  stderr: string;
  stdout: string;
}
/**
 * Somebody inside; `color` is 0 to 7.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ParticipantEntry".
 */
export interface ParticipantEntry {
  color: number;
  isOnline: boolean;
  joinedAt: string | null;
  role: Role;
  userId: string;
  username: string;
}
/**
 * `participants`: everybody inside.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Participants".
 */
export interface Participants {
  participants: ParticipantEntry[];
}
/**
 * POST auth/password.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "PasswordChange".
 */
export interface PasswordChange {
  new_password: string;
  password: string;
}
/**
 * DELETE auth/me: the password once more, since a browser left open must not be enough.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "PasswordProof".
 */
export interface PasswordProof {
  password: string;
}
/**
 * `admit-participant`, `reject-participant`, `remove-participant`: by connection, or by user.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Person".
 */
export interface Person {
  message?: string;
  participantSocketId?: string | null;
  sessionId: string;
  userId?: string | null;
}
/**
 * `user-joined` and `user-left`.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "PersonMessage".
 */
export interface PersonMessage {
  socketId: string;
  userId: string;
  username: string;
}
/**
 * GET auth/me/export: everything that is kept of a person, by table, as it is in the database but for what logs people in.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "PersonalData".
 */
export interface PersonalData {
  data: {
    [k: string]: {
      [k: string]: unknown;
    }[];
  };
  exported_at: string;
}
/**
 * A line of the timeline; `missing_before`: how many of this person's observations before it never came in.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ProctoringEvent".
 */
export interface ProctoringEvent {
  event_data: {
    [k: string]: unknown;
  };
  event_type: ProctoringEventType;
  id: string;
  missing_before: number;
  sequence: number;
  timestamp: string;
  user_id: string;
  username: string;
}
/**
 * GET sessions/:id/proctoring, in the order in which they came in.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ProctoringPage".
 */
export interface ProctoringPage {
  events: ProctoringEvent[];
  next: string | null;
}
/**
 * A question. For those who do not score, `notes` and `max_score` are null and hidden tests are not there.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Question".
 */
export interface Question {
  created_at: string;
  id: string;
  max_score: number | null;
  notes: string | null;
  prompt: string;
  tests: QuestionTest[];
  updated_at: string;
  title: string;
}
/**
 * Passed if the program ends with exit code 0 and prints `expected_output`, white space at line ends and the end aside.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "QuestionTest".
 */
export interface QuestionTest {
  expected_output: string;
  /**
   * Seen and run by those who score only.
   */
  is_hidden?: boolean;
  name: string;
  points?: number;
  stdin?: string;
}
/**
 * One question.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "QuestionAnswer".
 */
export interface QuestionAnswer {
  question: Question;
}
/**
 * PATCH sessions/:id/questions/:id; only what is there changes, `tests` as a whole.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "QuestionChanges".
 */
export interface QuestionChanges {
  notes?: string | null;
  prompt?: string | null;
  tests?: QuestionTest[] | null;
  title?: string | null;
}
/**
 * POST sessions/:id/questions.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "QuestionCreation".
 */
export interface QuestionCreation {
  notes?: string;
  prompt?: string;
  /**
   * @maxItems 20
   */
  tests?: QuestionTest[];
  title: string;
}
/**
 * GET sessions/:id/questions, in the order in which they were asked.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "QuestionList".
 */
export interface QuestionList {
  questions: Question[];
}
/**
 * GET health/ready.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Ready".
 */
export interface Ready {
  ready: boolean;
}
/**
 * How many were new, and the highest `sequence` that is kept of this person: count on from there.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Receipt".
 */
export interface Receipt {
  last_sequence: number;
  recorded: number;
}
/**
 * POST auth/refresh and auth/logout; without a token the browser's cookie is meant.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "RefreshRequest".
 */
export interface RefreshRequest {
  refreshToken?: string | null;
}
/**
 * POST auth/register.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Registration".
 */
export interface Registration {
  email: string;
  name: string;
  password: string;
}
/**
 * POST sessions/:id/snapshots/:sid/restore: what was restored, and the snapshot that has what was there before.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Restoration".
 */
export interface Restoration {
  before: SnapshotSummary;
  snapshot: SnapshotSummary;
}
/**
 * `snapshot-saved`, and what every answer says of a snapshot.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "SnapshotSummary".
 */
export interface SnapshotSummary {
  createdAt: string;
  fileCount: number;
  id: string;
  language: string;
  message: string;
  reason: SnapshotReason;
  sequence: number;
  userId: string | null;
  username: string;
}
/**
 * A result. For those who do not score it is about the visible tests, and score, quality and feedback are null.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Result".
 */
export interface Result {
  code: string;
  code_quality: number | null;
  created_at: string;
  execution_time: number;
  feedback: string | null;
  files: {
    [k: string]: string;
  };
  id: string;
  language: string;
  max_score: number | null;
  passed_tests: number;
  question_id: string;
  score: number | null;
  test_results: OutcomeOfTest[];
  total_tests: number;
  user_id: string;
  username: string;
}
/**
 * One result.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ResultAnswer".
 */
export interface ResultAnswer {
  result: Result;
}
/**
 * POST sessions/:id/questions/:id/results: a program to be judged; who scores may hand one in for somebody else.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ResultCreation".
 */
export interface ResultCreation {
  code?: string | null;
  entry?: string | null;
  files?: {
    [k: string]: string;
  } | null;
  language: string;
  user_id?: string | null;
}
/**
 * GET sessions/:id/results, newest first.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ResultPage".
 */
export interface ResultPage {
  next: string | null;
  results: Result[];
}
/**
 * PATCH sessions/:id/participants/:id.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "RoleAnswer".
 */
export interface RoleAnswer {
  participant: RoleChange;
}
/**
 * What somebody is now.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "RoleChange".
 */
export interface RoleChange {
  name: string;
  role: Role;
  user_id: string;
}
/**
 * PATCH sessions/:id/participants/:id; nobody becomes host.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "RoleWish".
 */
export interface RoleWish {
  role: 'interviewer' | 'candidate' | 'observer';
}
/**
 * `run-input`: what somebody typed into the running program.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "RunInput".
 */
export interface RunInput {
  executionId: string;
  isLast: boolean;
  text: string;
  userId: string | null;
  username: string;
}
/**
 * `run-output`: a piece of what the program prints.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "RunOutput".
 */
export interface RunOutput {
  executionId: string;
  stream: 'stdout' | 'stderr';
  text: string;
}
/**
 * `run-stop`: which run.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "RunPointer".
 */
export interface RunPointer {
  executionId: string;
}
/**
 * `run-queued`: the run waits for a free container; place 1 is next, and 0 when it begins.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "RunQueued".
 */
export interface RunQueued {
  executionId: string;
  place: number;
}
/**
 * `run-code` from a client and POST execute: one text in `code`, or several `files` with the `entry` to start.
 *
 * In a session `entry` alone is enough: the files are then those of the session, as everybody's editors show them.
 *
 * A result in the request is refused like every unknown field: results are the server's.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "RunRequest".
 */
export interface RunRequest {
  code?: string | null;
  entry?: string | null;
  files?: {
    [k: string]: string;
  } | null;
  /**
   * Whether more standard input is typed while the program runs; without it the input ends after `stdin`.
   */
  isInteractive?: boolean;
  language: string;
  stdin?: string;
}
/**
 * `run-started`; into an interactive run people type with `run-input`.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "RunStarted".
 */
export interface RunStarted {
  entry: string;
  executionId: string;
  isInteractive: boolean;
  language: string;
  startedAt: string;
  userId: string | null;
  username: string;
}
/**
 * PATCH sessions/:id/results/:id; `score` up to the result's `max_score`, `code_quality` of 100.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "ScoreChanges".
 */
export interface ScoreChanges {
  code_quality?: number | null;
  feedback?: string | null;
  score?: number | null;
}
/**
 * A session as an admitted participant sees it; `role` is the reader's own, `folder` its contents path.
 *
 * While the editor is `frozen`, candidates and observers neither edit nor run.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Session".
 */
export interface Session {
  auto_admit: boolean;
  created_at: string;
  description: string;
  ended_at: string | null;
  folder: string;
  frozen: Freeze | null;
  has_password: boolean;
  host_id: string;
  host_name: string;
  id: string;
  language: string;
  participants: Participant[];
  problem_statement: string;
  role: Role;
  started_at: string | null;
  status: SessionStatus;
  updated_at: string;
  /**
   * Counts changes of the settings; the ETag of HTTP.
   */
  version: number;
  waiting_room_message: string;
  title: string;
}
/**
 * One session.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "SessionAnswer".
 */
export interface SessionAnswer {
  session: Session;
}
/**
 * PATCH sessions/:id; only the fields that are there change. `password` null takes the password off.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "SessionChanges".
 */
export interface SessionChanges {
  auto_admit?: boolean | null;
  description?: string | null;
  language?: string | null;
  password?: string | null;
  problem_statement?: string | null;
  status?: SessionStatus | null;
  waiting_room_message?: string | null;
  title?: string | null;
}
/**
 * POST sessions.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "SessionCreation".
 */
export interface SessionCreation {
  description?: string;
  language?: string;
  password?: string | null;
  problem_statement?: string;
  title: string;
}
/**
 * `session-ended`.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "SessionMoment".
 */
export interface SessionMoment {
  at: string;
  sessionId: string;
  userId: string | null;
  username: string;
}
/**
 * GET sessions: newest first; `next` is the cursor for `after`, null on the last page.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "SessionPage".
 */
export interface SessionPage {
  next: string | null;
  sessions: SessionSummary[];
}
/**
 * One of my sessions in a list.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "SessionSummary".
 */
export interface SessionSummary {
  created_at: string;
  description: string;
  ended_at: string | null;
  has_password: boolean;
  host_id: string;
  host_name: string;
  id: string;
  language: string;
  participants: number;
  role: Role;
  started_at: string | null;
  status: SessionStatus;
  waiting: number;
  title: string;
}
/**
 * `session-deleted` and `sessions-changed`.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "SessionPointer".
 */
export interface SessionPointer {
  sessionId: string;
}
/**
 * `session-state`: everything at the moment of joining, true for the activity up to `lastSequence`.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "SessionState".
 */
export interface SessionState {
  lastSequence: number;
  participants: ParticipantEntry[];
  /**
   * Now, as the server has it: a browser whose clock is wrong counts from here how long the interview lasts.
   */
  serverTime: string;
  session: Session;
  /**
   * Null for those who may not admit.
   */
  waiting: WaitingEntry[] | null;
}
/**
 * One line of `waiting-room-list`; `socketId` is null while the person's page is closed.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "WaitingEntry".
 */
export interface WaitingEntry {
  isOnline: boolean;
  requestedAt: string;
  role: Role;
  socketId: string | null;
  userId: string;
  username: string;
}
/**
 * `signal`: an offer, answer or ICE candidate for one other connection; its content is the browsers' own.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Signal".
 */
export interface Signal {
  signal: unknown;
  toSocketId: string;
}
/**
 * A snapshot; `content` is the text of the file that its language starts with.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Snapshot".
 */
export interface Snapshot {
  content: string;
  createdAt: string;
  fileCount: number;
  id: string;
  language: string;
  message: string;
  reason: SnapshotReason;
  sequence: number;
  userId: string | null;
  username: string;
}
/**
 * POST sessions/:id/snapshots.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "SnapshotAnswer".
 */
export interface SnapshotAnswer {
  snapshot: Snapshot;
}
/**
 * GET sessions/:id/snapshots/:sid: with all files, by their path in the session's folder.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "SnapshotFiles".
 */
export interface SnapshotFiles {
  content: string;
  createdAt: string;
  fileCount: number;
  files: {
    [k: string]: string;
  };
  id: string;
  language: string;
  message: string;
  reason: SnapshotReason;
  sequence: number;
  userId: string | null;
  username: string;
}
/**
 * GET sessions/:id/snapshots/:sid.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "SnapshotFilesAnswer".
 */
export interface SnapshotFilesAnswer {
  snapshot: SnapshotFiles;
}
/**
 * GET sessions/:id/snapshots, newest first; `next` is the sequence to ask `before`.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "SnapshotPage".
 */
export interface SnapshotPage {
  next: number | null;
  snapshots: Snapshot[];
}
/**
 * `snapshot-restored`.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "SnapshotRestored".
 */
export interface SnapshotRestored {
  beforeId: string;
  message: string;
  snapshotId: string;
  userId: string | null;
  username: string;
}
/**
 * POST sessions/:id/snapshots.
 *
 * Without `content` the files are taken as everybody's editors show them now; with it, it stands for the file that
 * `language` starts with. `language` is the interview's unless given.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "SnapshotWish".
 */
export interface SnapshotWish {
  content?: string | null;
  language?: string | null;
  message?: string;
}
/**
 * `run-started`, and the acknowledgement of `run-code`.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Started".
 */
export interface Started {
  executionId: string;
}
/**
 * POST auth/refresh: the old refresh token is spent.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "TokenPair".
 */
export interface TokenPair {
  refreshToken: string;
  token: string;
}
/**
 * `run-input`: a line typed into a running program; `isLast` ends its input.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "TypedText".
 */
export interface TypedText {
  executionId: string;
  isLast?: boolean;
  text?: string;
}
/**
 * GET auth/me.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "UserAnswer".
 */
export interface UserAnswer {
  user: UserView;
}
/**
 * Somebody in the waiting room.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "Waiting".
 */
export interface Waiting {
  is_online: boolean;
  requested_at: string;
  role: Role;
  user_id: string;
  username: string;
}
/**
 * GET sessions/:id/waiting, longest first.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "WaitingList".
 */
export interface WaitingList {
  waiting: Waiting[];
}
/**
 * Body of admit, reject and remove: an optional word to the person.
 *
 * This interface was referenced by `Wire`'s JSON-Schema
 * via the `definition` "WordTo".
 */
export interface WordTo {
  message?: string;
}
