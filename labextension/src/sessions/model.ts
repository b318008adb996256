/** The dashboard: this person's interviews and who waits at their doors. */
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { ISessionsApi } from '../api/client';
import { sentence } from '../api/errors';
import type { Health, JoinAnswer, Language, Session, SessionCard, SessionCreation, WaitingPerson } from '../api/shapes';
import type { ILink } from '../api/socket';
import { mayAdmit } from '../page';

/** Several changes at once (a host admits three people) are one refresh. */
const GATHER_CHANGES_MS = 150;

export class SessionsModel implements IDisposable {
  constructor(options: SessionsModel.IOptions) {
    this._options = options;
    options.link.on('sessions-changed', () => this._refreshSoon());
    // Not joined, a host hears of waiting people only by `sessions-changed`; after a lost connection that may be missing.
    options.link.stateChanged.connect((_, state) => {
      if (state.kind === 'connected') {
        void this.refresh();
      }
      this._changed.emit();
    });
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Emitted for each person who starts to wait, with the interview. */
  get arrived(): ISignal<this, SessionsModel.IArrival> {
    return this._arrived;
  }

  get link(): ILink {
    return this._options.link;
  }

  get isLoaded(): boolean {
    return this._isLoaded;
  }

  /** Why the list could not be fetched; the last list stays. */
  get problem(): string | null {
    return this._problem;
  }

  get live(): readonly SessionCard[] {
    return this._live;
  }

  /** Created, and nobody was in it yet. */
  get open(): readonly SessionCard[] {
    return this._open;
  }

  get ended(): readonly SessionCard[] {
    return this._ended;
  }

  get hasMoreEnded(): boolean {
    return this._nextEnded !== null;
  }

  get languages(): readonly Language[] {
    return this._languages;
  }

  get health(): Health | null {
    return this._health;
  }

  /** One key for each person who waits at one of this person's doors. */
  get waitingKeys(): readonly string[] {
    return [...this._waiting].flatMap(([sessionId, people]) => people.map(person => keyOf(sessionId, person)));
  }

  waitingAt(sessionId: string): readonly WaitingPerson[] {
    return this._waiting.get(sessionId) ?? [];
  }

  languageName(id: string): string {
    return this._languages.find(language => language.id === id)?.name ?? id;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      window.clearTimeout(this._timer);
      this._options.link.dispose();
      Signal.clearData(this);
    }
  }

  start(): void {
    this._options.link.connect();
    void this.refresh();
    void this._loadServer();
  }

  async refresh(): Promise<void> {
    const { api } = this._options;
    const mine = ++this._generation;
    try {
      const [live, open, ended] = await Promise.all([
        api.sessions('live'),
        api.sessions('open'),
        api.sessions('ended')
      ]);
      const waiting = await this._fetchWaiting([...live.items, ...open.items]);
      if (mine !== this._generation) {
        return; // A later refresh has newer answers.
      }
      [this._live, this._open, this._ended, this._nextEnded] = [live.items, open.items, ended.items, ended.next];
      this._setWaiting(waiting);
      this._problem = null;
      this._isLoaded = true;
    } catch (error) {
      this._problem = sentence(error);
    }
    this._changed.emit();
  }

  async loadMoreEnded(): Promise<void> {
    if (this._nextEnded !== null) {
      const page = await this._options.api.sessions('ended', this._nextEnded);
      this._ended = [...this._ended, ...page.items];
      this._nextEnded = page.next;
      this._changed.emit();
    }
  }

  async create(draft: SessionCreation): Promise<Session> {
    const session = await this._options.api.create(draft);
    await this.refresh();
    return session;
  }

  join(sessionId: string, password?: string): Promise<JoinAnswer> {
    return this._options.api.join(sessionId, password);
  }

  /** Address for candidates, complete with scheme and host. */
  async invitationLink(sessionId: string): Promise<string> {
    const invitation = await this._options.api.invite(sessionId);
    return new URL(invitation.url, this._options.origin).href;
  }

  async end(sessionId: string): Promise<void> {
    await this._options.api.end(sessionId);
    await this.refresh();
  }

  async delete(sessionId: string): Promise<void> {
    await this._options.api.delete(sessionId);
    await this.refresh();
  }

  async admit(sessionId: string, userId: string): Promise<void> {
    await this._options.api.admit(sessionId, userId);
    await this.refresh();
  }

  async reject(sessionId: string, userId: string, message: string): Promise<void> {
    await this._options.api.reject(sessionId, userId, message);
    await this.refresh();
  }

  private _refreshSoon(): void {
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => void this.refresh(), GATHER_CHANGES_MS);
  }

  private async _fetchWaiting(cards: readonly SessionCard[]): Promise<Map<string, WaitingPerson[]>> {
    const doors = cards.filter(card => card.waiting > 0 && mayAdmit(card.role));
    const lists = await Promise.all(
      doors.map(async card => [card.id, await this._options.api.waiting(card.id)] as const)
    );
    return new Map(lists);
  }

  private _setWaiting(waiting: Map<string, WaitingPerson[]>): void {
    const before = this._waiting;
    this._waiting = waiting;
    for (const [sessionId, people] of waiting) {
      const known = new Set(before.get(sessionId)?.map(person => person.user_id));
      people
        .filter(person => !known.has(person.user_id))
        .forEach(person => this._arrived.emit({ key: keyOf(sessionId, person), sessionId, person }));
    }
  }

  private async _loadServer(): Promise<void> {
    try {
      [this._languages, this._health] = await Promise.all([this._options.api.languages(), this._options.api.health()]);
      this._changed.emit();
    } catch {
      // The lists say by themselves that the server does not answer.
    }
  }

  private _isDisposed = false;
  private _isLoaded = false;
  private _problem: string | null = null;
  private _generation = 0;
  private _timer = 0;
  private _live: readonly SessionCard[] = [];
  private _open: readonly SessionCard[] = [];
  private _ended: readonly SessionCard[] = [];
  private _nextEnded: string | number | null = null;
  private _waiting = new Map<string, WaitingPerson[]>();
  private _languages: readonly Language[] = [];
  private _health: Health | null = null;
  private readonly _arrived = new Signal<this, SessionsModel.IArrival>(this);
  private readonly _changed = new Signal<this, void>(this);
  private readonly _options: SessionsModel.IOptions;
}

export namespace SessionsModel {
  export interface IArrival {
    key: string;
    sessionId: string;
    person: WaitingPerson;
  }

  export interface IOptions {
    api: ISessionsApi;
    link: ILink;
    /** Scheme, host and port that invitations start with. */
    origin: string;
  }
}

function keyOf(sessionId: string, person: WaitingPerson): string {
  return `${sessionId} ${person.user_id}`;
}
