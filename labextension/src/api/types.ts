/** The wire's shapes, in the words of the contract. */

export type Role = 'host' | 'interviewer' | 'candidate' | 'observer';
export type SessionStatus = 'open' | 'live' | 'ended';
export type AdmissionState = 'waiting' | 'admitted' | 'rejected' | 'removed' | 'left' | 'ended';

export interface User {
  id: string;
  name: string;
  email: string | null;
  role: 'user' | 'admin' | 'guest';
}

export interface AccessToken {
  token: string;
  expiresIn: number;
}

export interface SessionCard {
  id: string;
  title: string;
  description: string;
  language: string;
  status: SessionStatus;
  participants: number;
  waiting: number;
  role: Role;
  host_name: string;
  created_at: string;
  ended_at: string | null;
  has_password: boolean;
}

export interface SessionParticipant {
  user_id: string;
  name: string;
  role: Role;
  color: number;
  is_online: boolean;
  joined_at: string | null;
}

export interface Session {
  id: string;
  title: string;
  description: string;
  language: string;
  status: SessionStatus;
  host_id: string;
  host_name: string;
  has_password: boolean;
  auto_admit: boolean;
  waiting_room_message: string;
  problem_statement: string;
  role: Role;
  folder: string;
  created_at: string;
  updated_at: string;
  started_at: string | null;
  ended_at: string | null;
  participants: SessionParticipant[];
}

export interface Invitation {
  id: string;
  role: Role;
  url: string;
  created_at: string;
  expires_at: string;
  revoked_at: string | null;
  uses: number;
}

export interface WaitingPerson {
  user_id: string;
  username: string;
  role: Role;
  requested_at: string;
  is_online: boolean;
}

export interface JoinAnswer extends Partial<Session> {
  id: string;
  state: AdmissionState;
  host_name: string;
}

export interface Language {
  id: string;
  name: string;
  version: string | null;
  icon: string;
  available: boolean;
  fileName: string;
  editorMode: string;
  reason?: string | null;
}

export interface Participant {
  userId: string;
  username: string;
  role: Role;
  color: number;
  isOnline: boolean;
  joinedAt: string | null;
}

export interface WaitingEntry {
  socketId: string | null;
  userId: string;
  username: string;
  role: Role;
  requestedAt: string;
  isOnline: boolean;
}

export interface ChatMessage {
  id: string;
  sequence: number;
  userId: string;
  username: string;
  text: string;
  timestamp: string;
  key?: string | null;
}

export interface Activity {
  sequence: number;
  type: string;
  userId: string | null;
  username: string;
  at: string;
  data: Record<string, unknown>;
}

export interface Execution {
  executionId: string;
  language: string;
  entry: string;
  stdout: string;
  stderr: string;
  exitCode: number | null;
  executionTime: number | null;
  stage: 'compile' | 'run' | null;
  signal: string | null;
  limit: 'wall_time' | 'memory' | 'output' | 'processes' | 'file_size' | null;
  cpuTime: number | null;
  memoryPeak: number | null;
  isTruncated: boolean;
  error?: { code: string; message: string } | null;
  userId: string;
  username: string;
  startedAt: string;
  finishedAt: string | null;
}

export interface Health {
  database: { available: boolean };
  sandbox: { available: boolean; reason: string | null; advice: string | null };
  realtime: { available: boolean };
  version: string;
}
