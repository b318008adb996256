/** Everything that happened in the interview, as far as we may know it. */
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { ISessionApi } from '../api/client';
import type { Activity } from '../api/shapes';
import type { ILink } from '../api/socket';

export class ActivityModel {
  constructor(options: ActivityModel.IOptions) {
    this._options = options;
    options.link.on('activity', activity => this._add([activity]));
    options.link.stateChanged.connect(() => {
      this._isComplete = false;
    });
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Oldest first. */
  get entries(): readonly Activity[] {
    return this._entries;
  }

  /** Fetches what happened while we were away. Called after every successful join. */
  async catchUp(): Promise<void> {
    let after: string | number | null = this._completeTo;
    while (after !== null) {
      const page = await this._options.api.activity(this._options.sessionId, after);
      this._add(page.items);
      this._completeTo = Math.max(this._completeTo, page.items.at(-1)?.sequence ?? 0);
      after = page.next;
    }
    this._isComplete = true;
    this._completeTo = this._entries.at(-1)?.sequence ?? 0;
  }

  private _add(entries: readonly Activity[]): void {
    const known = new Set(this._entries.map(entry => entry.sequence));
    const fresh = entries.filter(entry => !known.has(entry.sequence));
    if (fresh.length > 0) {
      this._entries = [...this._entries, ...fresh].sort((a, b) => a.sequence - b.sequence);
      if (this._isComplete) {
        this._completeTo = this._entries.at(-1)?.sequence ?? 0;
      }
      this._changed.emit();
    }
  }

  /** Up to this sequence nothing is missing: what comes live before the first page was fetched must not hide what is older. */
  private _completeTo = 0;
  private _isComplete = false;
  private _entries: Activity[] = [];
  private readonly _changed = new Signal<this, void>(this);
  private readonly _options: ActivityModel.IOptions;
}

export namespace ActivityModel {
  export interface IOptions {
    api: Pick<ISessionApi, 'activity'>;
    link: ILink;
    sessionId: string;
  }
}
