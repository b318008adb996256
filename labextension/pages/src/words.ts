/** Sentences for what went wrong. The server's own sentence is kept wherever it says more than ours. */
import type { CallError } from './api';

/** What a form calls its fields, by the server's name: `{session_id: …}`. Fields it does not name are told above the form. */
export type FieldNames = Readonly<Partial<Record<string, string>>>;

export interface Sentence {
  byField: ReadonlyMap<string, string>;
  general: string | null;
}

const OWN: Readonly<Record<string, string>> = {
  unreachable: 'We cannot reach the server. Check your connection and try again.',
  rate_limited: 'Too many tries. Wait a minute and try again.',
  gone: 'This link has expired. Ask the person who invited you for a new one.',
  database_unavailable: 'The server cannot save anything now. Try again in a minute.'
};

/** Our words for a field whose value has the wrong shape; the library's are written for programs. */
const FIELDS: Readonly<Record<string, string>> = {
  email: 'Enter a full address, such as maya@company.example.',
  name: 'Enter a name of at most 100 characters, on one line.',
  password: 'Use at least 8 characters, and at most 1024.',
  new_password: 'Use at least 8 characters, and at most 1024.'
};

export function sentence(error: CallError, names: FieldNames): Sentence {
  if (error.code === 'wrong_password') {
    return at('password', 'The password does not match. Check it and try again.');
  }
  if (error.code === 'consent_required') {
    return at('consent', 'Tick this box to join, or say that you do not agree.');
  }
  if (error.code === 'conflict' && names.email !== undefined) {
    return at(names.email, error.message);
  }
  if (error.code !== 'invalid_input') {
    return { byField: new Map(), general: OWN[error.code] ?? error.message };
  }
  const byField = new Map<string, string>();
  for (const problem of error.problems) {
    const field = names[problem.field];
    if (field !== undefined && !byField.has(field)) {
      byField.set(field, FIELDS[field] ?? firstCapital(problem.message));
    }
  }
  return { byField, general: byField.size === 0 ? error.message : null };
}

/** A time that passes, such as `2 min 14 s`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = Math.floor(whole / 60);
  if (minutes === 0) {
    return `${whole} s`;
  }
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function at(field: string, message: string): Sentence {
  return { byField: new Map([[field, message]]), general: null };
}

function firstCapital(text: string): string {
  const end = /[.!?]$/.test(text) ? '' : '.';
  return text.charAt(0).toUpperCase() + text.slice(1) + end;
}
