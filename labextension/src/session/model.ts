/** One interview as this person sees it: state and signals. With the models it owns, the only user of api/. */
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { ActivityModel } from '../activity/model';
import type { ISessionApi } from '../api/client';
import { ApiError } from '../api/errors';
import type { ILiveEvents } from '../api/events';
import type {
  AdmissionState,
  Freeze,
  FreezeReason,
  Participant,
  Role,
  Session,
  SessionChanges,
  WaitingEntry
} from '../api/shapes';
import type { ILink } from '../api/socket';
import { ChatModel } from '../chat/model';
import { FilesModel } from '../files/model';
import { ExecutionModel } from '../execution/model';
import { SnapshotsModel } from '../snapshots/model';
import { mayAdmit, mayEdit, mayFreeze } from '../page';

/** Why this person is not in the interview any more. */
export type Outcome = Exclude<AdmissionState, 'admitted'> | 'deleted' | 'refused' | 'missing';

/** Why this person can only read. */
export type ReadingReason = 'ended' | 'watching' | FreezeReason;

/** Ways in which the server refuses a join for good, and what that means for us. */
const REFUSALS: Readonly<Record<string, Outcome>> = {
  not_found: 'missing',
  not_permitted: 'missing',
  gone: 'ended',
  not_authenticated: 'refused'
};

export class SessionModel implements IDisposable {
  constructor(options: SessionModel.IOptions) {
    const { api, link, sessionId, userId, storage } = options;
    this._options = options;
    this.chat = new ChatModel({ api, link, sessionId, userId, storage });
    this.activity = new ActivityModel({ api, link, sessionId });
    this.execution = new ExecutionModel({ api, link, sessionId });
    this.files = new FilesModel({ link });
    this.snapshots = new SnapshotsModel({ api, link, sessionId });
    this._listen(link);
  }

  readonly chat: ChatModel;
  readonly activity: ActivityModel;
  readonly execution: ExecutionModel;
  readonly files: FilesModel;
  readonly snapshots: SnapshotsModel;

  get link(): ILink {
    return this._options.link;
  }

  get sessionId(): string {
    return this._options.sessionId;
  }

  get userId(): string {
    return this._options.userId;
  }

  get role(): Role {
    return this._options.role;
  }

  /** Null until the server told us. */
  get session(): Session | null {
    return this._session;
  }

  get participants(): readonly Participant[] {
    return this._participants;
  }

  /** Who waits to be admitted; always empty for those who may not know. */
  get waiting(): readonly WaitingEntry[] {
    return this._waiting;
  }

  get hasEnded(): boolean {
    return this._session?.status === 'ended';
  }

  /** The server's time in ms since the epoch, counted on by a clock that nobody sets: the computer's own may be wrong or jump. */
  readonly serverNow = (): number => this._timeAtJoin + performance.now() - this._joinedAt;

  /** Who froze the editor, when and why; null while it is not frozen. */
  get frozen(): Freeze | null {
    return this.hasEnded ? null : (this._session?.frozen ?? null);
  }

  /** Why this person can only read; null for whoever may write and run. The server decides, this tells. */
  get readingReason(): ReadingReason | null {
    if (this.hasEnded) {
      return 'ended';
    }
    if (!mayEdit(this.role)) {
      return 'watching';
    }
    return this.frozen && !mayFreeze(this.role) ? this.frozen.reason : null;
  }

  get sessionChanged(): ISignal<this, void> {
    return this._sessionChanged;
  }

  get peopleChanged(): ISignal<this, void> {
    return this._peopleChanged;
  }

  /** Emitted for each person who starts to wait. */
  get arrived(): ISignal<this, WaitingEntry> {
    return this._arrived;
  }

  /** Emitted when somebody else chose another language. */
  get languageChosen(): ISignal<this, ILiveEvents['language-change']> {
    return this._languageChosen;
  }

  /** Emitted once, when this person is not in the interview any more. */
  get closed(): ISignal<this, Outcome> {
    return this._closed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._options.link.dispose();
      Signal.clearData(this);
    }
  }

  /** Connects; everything else follows, now and after every lost connection. */
  start(): void {
    this._options.link.connect();
    // Health of the engine is no reason not to enter, and the panel says by itself that languages are missing.
    this.execution.loadLanguages().catch(() => undefined);
  }

  admit(userId: string): Promise<void> {
    return this._options.api.admit(this.sessionId, userId);
  }

  reject(userId: string, message: string): Promise<void> {
    return this._options.api.reject(this.sessionId, userId, message);
  }

  remove(userId: string, message: string): Promise<void> {
    return this._options.api.remove(this.sessionId, userId, message);
  }

  /** Address for candidates, complete with scheme and host. */
  async invitationLink(): Promise<string> {
    const invitation = await this._options.api.invite(this.sessionId);
    return new URL(invitation.url, this._options.origin).href;
  }

  async update(change: SessionChanges): Promise<void> {
    this._setSession(await this._options.api.update(this.sessionId, change));
  }

  async chooseLanguage(language: string): Promise<void> {
    await this._options.link.send('language-change', { language });
    this._merge({ language });
  }

  async end(): Promise<void> {
    this._setSession(await this._options.api.end(this.sessionId));
  }

  /** Lets everybody but those who hold the interview only read, for a moment or because time is up. */
  async freeze(reason: FreezeReason): Promise<void> {
    this._setSession(await this._options.api.freeze(this.sessionId, reason));
  }

  async unfreeze(): Promise<void> {
    this._setSession(await this._options.api.unfreeze(this.sessionId));
  }

  async leave(): Promise<void> {
    await this._options.api.leave(this.sessionId);
    this._close('left');
  }

  private _listen(link: ILink): void {
    link.stateChanged.connect((_, state) => {
      if (state.kind === 'connected') {
        void this._join();
      } else if (state.kind === 'refused') {
        this._close('refused');
      }
    });
    link.on('session-state', state => this._onState(state));
    link.on('session-updated', change => this._merge(change));
    link.on('session-ended', ({ at }) => this._onEnded(at));
    link.on('session-deleted', () => this._close('deleted'));
    link.on('admission-status', status => this._onAdmission(status));
    link.on('participants', ({ participants }) => this._setPeople(participants, this._waiting));
    link.on('waiting-room-list', waiting => this._setPeople(this._participants, waiting));
    link.on('language-change', change => this._onLanguage(change));
  }

  private async _join(): Promise<void> {
    try {
      await this._options.link.send('join-session', { sessionId: this.sessionId });
    } catch (error) {
      const outcome = error instanceof ApiError ? REFUSALS[error.code] : undefined;
      // Anything else, such as a lost connection, brings another connection and with it another join.
      if (outcome) {
        this._close(outcome);
      }
    }
  }

  private _onState({ session, participants, waiting, lastSequence, serverTime }: ILiveEvents['session-state']): void {
    this._timeAtJoin = Date.parse(serverTime);
    this._joinedAt = performance.now();
    this._setSession(session);
    this._setPeople(participants, waiting ?? []);
    for (const part of [this.chat, this.activity, this.execution, this.snapshots]) {
      // A part that cannot catch up now does so at the next join; the others go on.
      part.catchUp(lastSequence).catch(() => undefined);
    }
  }

  private _onAdmission({ sessionId, admitted, state }: ILiveEvents['admission-status']): void {
    if (sessionId === this.sessionId && !admitted && state !== 'admitted') {
      this._close(state);
    }
  }

  private _onEnded(at: string): void {
    this._merge({ status: 'ended', ended_at: at });
    this._close('ended');
  }

  private _onLanguage(change: ILiveEvents['language-change']): void {
    this._merge({ language: change.language });
    if (change.userId !== this.userId) {
      this._languageChosen.emit(change);
    }
  }

  private _merge(change: Partial<Session>): void {
    if (this._session) {
      // What is the same for everyone must not take away who I am in it.
      this._setSession({ ...this._session, ...change, role: this._session.role, folder: this._session.folder });
    }
  }

  private _setSession(session: Session): void {
    this._session = session;
    this._sessionChanged.emit();
  }

  private _setPeople(participants: readonly Participant[], waiting: readonly WaitingEntry[]): void {
    const before = new Set(this._waiting.map(person => person.userId));
    this._participants = participants;
    this._waiting = waiting;
    this._peopleChanged.emit();
    waiting.filter(person => !before.has(person.userId)).forEach(person => this._arrived.emit(person));
  }

  private _close(outcome: Outcome): void {
    if (outcome === 'ended' && mayAdmit(this.role)) {
      return; // Whoever held the interview stays and reads.
    }
    if (!this._isClosed) {
      this._isClosed = true;
      this._closed.emit(outcome);
    }
  }

  private _isDisposed = false;
  private _isClosed = false;
  private _timeAtJoin = Date.now();
  private _joinedAt = performance.now();
  private _session: Session | null = null;
  private _participants: readonly Participant[] = [];
  private _waiting: readonly WaitingEntry[] = [];
  private readonly _arrived = new Signal<this, WaitingEntry>(this);
  private readonly _closed = new Signal<this, Outcome>(this);
  private readonly _languageChosen = new Signal<this, ILiveEvents['language-change']>(this);
  private readonly _options: SessionModel.IOptions;
  private readonly _peopleChanged = new Signal<this, void>(this);
  private readonly _sessionChanged = new Signal<this, void>(this);
}

export namespace SessionModel {
  export interface IOptions {
    api: ISessionApi;
    link: ILink;
    sessionId: string;
    userId: string;
    role: Role;
    /** Scheme, host and port that invitations start with. */
    origin: string;
    storage: ChatModel.IOptions['storage'];
  }
}
