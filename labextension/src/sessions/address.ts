/** What people paste to join: an invitation, the address of an interview, or the bare id. */

export interface IDoor {
  sessionId: string;
  /** The invitation's secret, when the whole link was pasted. */
  code: string | null;
}

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;

/** The interview that `text` names, or null when it names none. */
export function readDoor(text: string): IDoor | null {
  const found = ID.exec(text);
  if (!found) {
    return null;
  }
  const code = /[?&]code=([^&#\s]+)/.exec(text);
  return { sessionId: found[0].toLowerCase(), code: code ? decodeURIComponent(code[1]) : null };
}
