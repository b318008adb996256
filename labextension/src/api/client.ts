/** The REST interface, typed. Jupyter's ServerConnection brings cookies, the XSRF header and the base URL. */
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { ApiError, errorFrom, isRecord, unreachable } from './errors';
import type {
  AccessToken,
  Activity,
  ActivityPage,
  ChatMessage,
  ChatPage,
  Execution,
  FilesNow,
  FreezeReason,
  Health,
  Invitation,
  JoinAnswer,
  Language,
  Restoration,
  Session,
  SessionCard,
  SessionChanges,
  SessionCreation,
  SessionPage,
  SnapshotFiles,
  SnapshotPage,
  SnapshotSummary,
  WaitingPerson
} from './shapes';

export interface IPageOf<T> {
  items: T[];
  /** Cursor of the next page, null on the last one. */
  next: string | number | null;
}

/** Which part of a numbered list: what comes after a number, or the last ones before one. */
export type IRange = { after: string | number } | { before: string | number };

/** What one interview needs of the server. */
export interface ISessionApi {
  session(id: string): Promise<Session>;
  update(id: string, change: SessionChanges): Promise<Session>;
  end(id: string): Promise<Session>;
  freeze(id: string, reason: FreezeReason): Promise<Session>;
  unfreeze(id: string): Promise<Session>;
  leave(id: string): Promise<void>;
  invite(id: string): Promise<Invitation>;
  admit(id: string, userId: string): Promise<void>;
  reject(id: string, userId: string, message: string): Promise<void>;
  remove(id: string, userId: string, message: string): Promise<void>;
  chat(id: string, range: IRange): Promise<IPageOf<ChatMessage>>;
  activity(id: string, range: IRange): Promise<IPageOf<Activity>>;
  executions(id: string): Promise<Execution[]>;
  languages(): Promise<Language[]>;
  snapshots(id: string, before?: string | number): Promise<IPageOf<SnapshotSummary>>;
  snapshot(id: string, snapshotId: string): Promise<SnapshotFiles>;
  saveSnapshot(id: string, message: string): Promise<SnapshotSummary>;
  restoreSnapshot(id: string, snapshotId: string): Promise<Restoration>;
  /** All files of the interview as they are now, by their path. */
  filesNow(id: string): Promise<Record<string, string>>;
}

/** What the dashboard needs of the server. */
export interface ISessionsApi {
  sessions(status: string, after?: string | number): Promise<IPageOf<SessionCard>>;
  create(draft: SessionCreation): Promise<Session>;
  end(id: string): Promise<Session>;
  delete(id: string): Promise<void>;
  join(id: string, password?: string): Promise<JoinAnswer>;
  invite(id: string): Promise<Invitation>;
  waiting(id: string): Promise<WaitingPerson[]>;
  admit(id: string, userId: string): Promise<void>;
  reject(id: string, userId: string, message: string): Promise<void>;
  languages(): Promise<Language[]>;
  health(): Promise<Health>;
}

/** How the browser stays logged in. */
export interface IAuthApi {
  /** A fresh access token for the live connection's handshake. */
  token(): Promise<AccessToken>;
  /** Renews the log-in with the refresh cookie. */
  refresh(): Promise<void>;
}

interface ISessionAnswer {
  session: Session;
}

const PAGE_SIZE = 200;
const JSON_TYPE = { 'Content-Type': 'application/json' };

export class ApiClient implements ISessionApi, ISessionsApi, IAuthApi {
  constructor(options: ApiClient.IOptions) {
    this._settings = options.serverSettings;
  }

  token(): Promise<AccessToken> {
    return this._ask('POST', ['auth', 'token'], {});
  }

  async refresh(): Promise<void> {
    await this._ask('POST', ['auth', 'refresh'], {});
  }

  async sessions(status: string, after?: string | number): Promise<IPageOf<SessionCard>> {
    const query = { status, limit: '50', ...(after === undefined ? {} : { after: String(after) }) };
    const data = await this._ask<SessionPage>('GET', ['sessions'], null, query);
    return { items: data.sessions, next: data.next };
  }

  async create(draft: SessionCreation): Promise<Session> {
    return (await this._ask<ISessionAnswer>('POST', ['sessions'], draft)).session;
  }

  async session(id: string): Promise<Session> {
    return (await this._ask<ISessionAnswer>('GET', ['sessions', id])).session;
  }

  async update(id: string, change: SessionChanges): Promise<Session> {
    return (await this._ask<ISessionAnswer>('PATCH', ['sessions', id], change)).session;
  }

  async end(id: string): Promise<Session> {
    return (await this._ask<ISessionAnswer>('POST', ['sessions', id, 'end'], {})).session;
  }

  async freeze(id: string, reason: FreezeReason): Promise<Session> {
    return (await this._ask<ISessionAnswer>('POST', ['sessions', id, 'freeze'], { reason })).session;
  }

  async unfreeze(id: string): Promise<Session> {
    return (await this._ask<ISessionAnswer>('POST', ['sessions', id, 'unfreeze'], {})).session;
  }

  delete(id: string): Promise<void> {
    return this._ask('DELETE', ['sessions', id]);
  }

  leave(id: string): Promise<void> {
    return this._ask('POST', ['sessions', id, 'leave'], {});
  }

  async join(id: string, password?: string): Promise<JoinAnswer> {
    const body = password ? { id, password } : { id };
    return (await this._ask<{ session: JoinAnswer }>('POST', ['sessions', 'join'], body)).session;
  }

  async invite(id: string): Promise<Invitation> {
    return (await this._ask<{ invitation: Invitation }>('POST', ['sessions', id, 'invite-link'], {})).invitation;
  }

  async waiting(id: string): Promise<WaitingPerson[]> {
    return (await this._ask<{ waiting: WaitingPerson[] }>('GET', ['sessions', id, 'waiting'])).waiting;
  }

  async admit(id: string, userId: string): Promise<void> {
    await this._ask('POST', ['sessions', id, 'participants', userId, 'admit'], {});
  }

  async reject(id: string, userId: string, message: string): Promise<void> {
    await this._ask('POST', ['sessions', id, 'participants', userId, 'reject'], message ? { message } : {});
  }

  async remove(id: string, userId: string, message: string): Promise<void> {
    await this._ask('POST', ['sessions', id, 'participants', userId, 'remove'], message ? { message } : {});
  }

  async chat(id: string, range: IRange): Promise<IPageOf<ChatMessage>> {
    const data = await this._ask<ChatPage>('GET', ['sessions', id, 'chat'], null, pageOf(range));
    return { items: data.messages, next: data.next };
  }

  async activity(id: string, range: IRange): Promise<IPageOf<Activity>> {
    const data = await this._ask<ActivityPage>('GET', ['sessions', id, 'activity'], null, pageOf(range));
    return { items: data.activity, next: data.next };
  }

  async snapshots(id: string, before?: string | number): Promise<IPageOf<SnapshotSummary>> {
    const query = before === undefined ? undefined : { before: String(before) };
    const data = await this._ask<SnapshotPage>('GET', ['sessions', id, 'snapshots'], null, query);
    return { items: data.snapshots, next: data.next };
  }

  async snapshot(id: string, snapshotId: string): Promise<SnapshotFiles> {
    const path = ['sessions', id, 'snapshots', snapshotId];
    return (await this._ask<{ snapshot: SnapshotFiles }>('GET', path)).snapshot;
  }

  async saveSnapshot(id: string, message: string): Promise<SnapshotSummary> {
    const path = ['sessions', id, 'snapshots'];
    return (await this._ask<{ snapshot: SnapshotSummary }>('POST', path, { message })).snapshot;
  }

  restoreSnapshot(id: string, snapshotId: string): Promise<Restoration> {
    return this._ask('POST', ['sessions', id, 'snapshots', snapshotId, 'restore'], {});
  }

  async filesNow(id: string): Promise<Record<string, string>> {
    return (await this._ask<FilesNow>('GET', ['sessions', id, 'snapshots', 'now'])).files;
  }

  async executions(id: string): Promise<Execution[]> {
    const data = await this._ask<{ executions: Execution[] }>('GET', ['sessions', id, 'executions'], null, {
      limit: '1'
    });
    return data.executions;
  }

  async languages(): Promise<Language[]> {
    return (await this._ask<{ languages: Language[] }>('GET', ['languages'])).languages;
  }

  health(): Promise<Health> {
    return this._ask('GET', ['health']);
  }

  /** Raises ApiError. The server's shapes are trusted once the answer says `success`: both sides come from one schema. */
  private async _ask<T>(
    method: string,
    path: string[],
    body: unknown = null,
    query?: Record<string, string>
  ): Promise<T> {
    const address =
      URLExt.join(this._settings.baseUrl, 'api', 'v1', ...path.map(encodeURIComponent)) +
      (query ? URLExt.objectToQueryString(query) : '');
    const init: RequestInit = { method, ...(body === null ? {} : { headers: JSON_TYPE, body: JSON.stringify(body) }) };
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(address, init, this._settings);
    } catch {
      throw unreachable();
    }
    if (response.status === 204) {
      return undefined as T;
    }
    let answer: unknown;
    try {
      answer = await response.json();
    } catch {
      throw unreachable();
    }
    if (!response.ok || !isRecord(answer) || answer.status !== 'success') {
      throw response.status === 401 && !isRecord(answer) ? notAuthenticated() : errorFrom(answer);
    }
    return answer.data as T;
  }

  private readonly _settings: ServerConnection.ISettings;
}

export namespace ApiClient {
  export interface IOptions {
    serverSettings: ServerConnection.ISettings;
  }
}

function notAuthenticated(): ApiError {
  return new ApiError({ code: 'not_authenticated', message: 'You are not logged in any more. Log in again.' });
}

function pageOf(range: IRange): Record<string, string> {
  const limit = String(PAGE_SIZE);
  return 'after' in range ? { after: String(range.after), limit } : { before: String(range.before), limit };
}
