/** Keeps the browser logged in: renews the log-in at half of the token's life, and after the computer slept. */
import type { IDisposable } from '@lumino/disposable';

import type { IAuthApi } from '../api/client';
import { ApiError } from '../api/errors';

/** The refresh token is spent by its use, so two tabs of one browser must never use it at the same time. */
const LOCK = 'codewithme-refresh';
const RENEWED_AT = 'codewithme-renewed-at';
const CHECK_EVERY_MS = 60_000;

export class Login implements IDisposable {
  constructor(options: Login.IOptions) {
    this._api = options.api;
    this._storage = options.storage ?? window.localStorage;
    this._now = options.now ?? Date.now;
  }

  get isDisposed(): boolean {
    return this._timer === null;
  }

  /** Starts watching. Whoever calls this disposes of it. */
  start(): void {
    this._timer = window.setInterval(this._check, CHECK_EVERY_MS);
    document.addEventListener('visibilitychange', this._check);
    window.addEventListener('online', this._check);
    this._check();
  }

  dispose(): void {
    if (this._timer !== null) {
      window.clearInterval(this._timer);
      this._timer = null;
    }
    document.removeEventListener('visibilitychange', this._check);
    window.removeEventListener('online', this._check);
  }

  /** An access token for the live connection. Renews the log-in once if it has run out. Raises ApiError. */
  async token(): Promise<string> {
    try {
      return await this._fetch();
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'not_authenticated') {
        throw error;
      }
      await this._renew(0);
      return this._fetch();
    }
  }

  private async _fetch(): Promise<string> {
    const answer = await this._api.token();
    this._halfLifeMs = (answer.lifetime_s * 1000) / 2;
    return answer.token;
  }

  private readonly _check = (): void => {
    if (this._age() >= this._halfLifeMs) {
      // Offline or a server that restarts: the next check tries again, long before the log-in runs out.
      this._renew(this._halfLifeMs).catch(() => undefined);
    }
  };

  /** Renews unless this or another tab did so within `youngerMs`. */
  private async _renew(youngerMs: number): Promise<void> {
    const renew = async (): Promise<void> => {
      if (youngerMs === 0 || this._age() >= youngerMs) {
        await this._api.refresh();
        this._storage.setItem(RENEWED_AT, String(this._now()));
      }
    };
    // Web Locks exist in secure contexts only; elsewhere the time stamp alone keeps tabs apart well enough.
    await ('locks' in navigator ? navigator.locks.request(LOCK, renew) : renew());
  }

  private _age(): number {
    return this._now() - Number(this._storage.getItem(RENEWED_AT) ?? 0);
  }

  private _timer: number | null = null;
  private _halfLifeMs = 30 * 60_000;
  private readonly _api: IAuthApi;
  private readonly _now: () => number;
  private readonly _storage: Pick<Storage, 'getItem' | 'setItem'>;
}

export namespace Login {
  export interface IOptions {
    api: IAuthApi;
    /** Where tabs tell each other when they renewed. */
    storage?: Pick<Storage, 'getItem' | 'setItem'>;
    now?: () => number;
  }
}
