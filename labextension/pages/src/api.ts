/** The few REST calls the pages make. Every failure is a `CallError`, also when the server cannot be reached. */

/** What is wrong with one field, in the server's words. */
export interface FieldProblem {
  field: string;
  message: string;
}

/** Where a person stands at an interview's door. */
export type DoorState = 'waiting' | 'admitted' | 'rejected' | 'removed' | 'left' | 'ended';

export interface Door {
  id: string;
  state: DoorState;
  host_name: string;
  waiting_room_message: string;
  host_is_online: boolean;
}

/** `code` is the server's word for it, or `unreachable`; `retryAfterS` is set when there were too many tries. */
export class CallError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly problems: readonly FieldProblem[] = [],
    readonly retryAfterS: number | null = null
  ) {
    super(message);
  }
}

type Body = Record<string, unknown>;

export class Api {
  constructor(private readonly baseUrl: string) {}

  login(email: string, password: string): Promise<unknown> {
    return this.send('POST', 'auth/login', { email, password });
  }

  register(name: string, email: string, password: string): Promise<unknown> {
    return this.send('POST', 'auth/register', { name, email, password });
  }

  logout(): Promise<unknown> {
    return this.send('POST', 'auth/logout', {});
  }

  /** The grant of the answer is in cookies. */
  changePassword(password: string, newPassword: string): Promise<unknown> {
    return this.staying('POST', 'auth/password', { password, new_password: newPassword });
  }

  setPassword(token: string, password: string): Promise<unknown> {
    return this.send('POST', 'auth/set-password', { token, password });
  }

  revokeDevice(id: string): Promise<unknown> {
    return this.staying('DELETE', `auth/devices/${encodeURIComponent(id)}`, {});
  }

  revokeOtherDevices(): Promise<unknown> {
    return this.staying('DELETE', 'auth/devices', {});
  }

  deleteAccount(password: string): Promise<unknown> {
    return this.staying('DELETE', 'auth/me', { password });
  }

  /** Renews the log-in by the browser's cookie; false where there is none to renew. */
  async refresh(): Promise<boolean> {
    try {
      await this.send('POST', 'auth/refresh', {});
      return true;
    } catch (error) {
      if (error instanceof CallError && error.code === 'unreachable') {
        throw error;
      }
      return false;
    }
  }

  /** What somebody is on this server: user, admin or guest. */
  async role(): Promise<string> {
    const { user } = (await this.send('GET', 'auth/me')) as { user?: { role?: unknown } };
    return typeof user?.role === 'string' ? user.role : 'guest';
  }

  /** An access token for the Socket.IO handshake. */
  async token(): Promise<string> {
    const { token } = (await this.staying('POST', 'auth/token', {})) as { token: string };
    return token;
  }

  /** Takes an invitation; a stranger becomes a guest called `name`, whoever is known keeps the name they have. */
  async accept(wish: {
    sessionId: string;
    code: string;
    name: string | null;
    password: string | null;
  }): Promise<DoorState> {
    const body: Body = { session_id: wish.sessionId, code: wish.code, name: wish.name, consent: true };
    if (wish.password !== null) {
      body.password = wish.password;
    }
    const { session } = (await this.send('POST', 'invitations/accept', body)) as { session: Door };
    return session.state;
  }

  /** Joins by id, for accounts. */
  async join(sessionId: string, password: string | null): Promise<DoorState> {
    const body: Body = { id: sessionId };
    if (password !== null) {
      body.password = password;
    }
    const { session } = (await this.staying('POST', 'sessions/join', body)) as { session: { state: DoorState } };
    return session.state;
  }

  async door(sessionId: string): Promise<Door> {
    return (await this.staying('GET', `sessions/${encodeURIComponent(sessionId)}/door`)) as Door;
  }

  leave(sessionId: string): Promise<unknown> {
    return this.staying('POST', `sessions/${encodeURIComponent(sessionId)}/leave`, {});
  }

  /** As `send`, and when the access token has run out meanwhile, renews it and asks once more. */
  private async staying(method: string, path: string, body?: Body): Promise<unknown> {
    try {
      return await this.send(method, path, body);
    } catch (error) {
      if (!isLoggedOut(error)) {
        throw error;
      }
    }
    // A refresh token works once, and a second use ends the log-in. So one tab at a time, and only if no other tab has renewed it.
    return oneTabAtATime(async () => {
      try {
        return await this.send(method, path, body);
      } catch (error) {
        if (!isLoggedOut(error) || !(await this.refresh())) {
          throw error;
        }
      }
      return this.send(method, path, body);
    });
  }

  private async send(method: string, path: string, body?: Body): Promise<unknown> {
    const headers: Record<string, string> = { Accept: 'application/json' };
    if (body !== undefined) {
      headers['Content-Type'] = 'application/json';
      headers['X-XSRFToken'] = xsrfToken(document.cookie);
    }
    let response: Response;
    try {
      response = await fetch(`${this.baseUrl}api/v1/${path}`, {
        method,
        headers,
        body: body === undefined ? null : JSON.stringify(body),
        credentials: 'same-origin',
        cache: 'no-store'
      });
    } catch {
      throw new CallError('unreachable', 'We cannot reach the server.');
    }
    if (response.status === 204) {
      return null;
    }
    const answer = await readAnswer(response);
    if (!response.ok) {
      throw asError(response, answer);
    }
    return answer.data;
  }
}

interface Answer {
  data?: unknown;
  code?: string;
  message?: string;
  errors?: FieldProblem[];
}

async function readAnswer(response: Response): Promise<Answer> {
  try {
    const answer: unknown = await response.json();
    return typeof answer === 'object' && answer !== null ? answer : {};
  } catch {
    // A proxy's own error page, mostly: the server itself always answers JSON here.
    throw new CallError('unreachable', 'We cannot reach the server.');
  }
}

function asError(response: Response, answer: Answer): CallError {
  const retryAfterS = Number(response.headers.get('Retry-After'));
  return new CallError(
    answer.code ?? 'unreachable',
    answer.message ?? 'We cannot reach the server.',
    answer.errors ?? [],
    retryAfterS > 0 ? Math.ceil(retryAfterS) : null
  );
}

function isLoggedOut(error: unknown): boolean {
  return error instanceof CallError && error.code === 'not_authenticated';
}

/** Locks exist only in secure contexts; elsewhere two tabs that renew in the same moment are rare enough. */
async function oneTabAtATime<T>(task: () => Promise<T>): Promise<T> {
  const locks = (navigator as { locks?: LockManager }).locks;
  return locks ? await locks.request('codewithme-refresh', task) : await task();
}

/** The value of the `_xsrf` cookie, which a cookie-authenticated request repeats in a header. */
export function xsrfToken(cookies: string): string {
  const cookie = cookies.split('; ').find(pair => pair.startsWith('_xsrf='));
  return cookie === undefined ? '' : decodeURIComponent(cookie.slice('_xsrf='.length));
}
