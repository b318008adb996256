/** Everything that happened in the interview, as far as we may know it. */
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { ISessionApi } from '../api/client';
import type { Activity } from '../api/shapes';
import type { ILink } from '../api/socket';
import { Tail } from '../session/tail';

export class ActivityModel {
  constructor(options: ActivityModel.IOptions) {
    this._tail = new Tail(range => options.api.activity(options.sessionId, range));
    options.link.on('activity', activity => this._add([activity]));
    options.link.stateChanged.connect(() => {
      this._tail.interrupt();
    });
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Oldest first, as far back as they were asked for. */
  get entries(): readonly Activity[] {
    return this._tail.items;
  }

  /** Whether more happened before. */
  get hasEarlier(): boolean {
    return this._tail.hasEarlier;
  }

  /** Fetches what happened last or while we were away. Called after every successful join. */
  async catchUp(last: number): Promise<void> {
    for await (const entries of this._tail.catchUp(last)) {
      this._add(entries);
    }
  }

  /** Fetches what happened before. */
  async earlier(): Promise<void> {
    this._add(await this._tail.earlier());
    this._changed.emit();
  }

  private _add(entries: readonly Activity[]): void {
    if (this._tail.add(entries).length > 0) {
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _tail: Tail<Activity>;
}

export namespace ActivityModel {
  export interface IOptions {
    api: Pick<ISessionApi, 'activity'>;
    link: ILink;
    sessionId: string;
  }
}
