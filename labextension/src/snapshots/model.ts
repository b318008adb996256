/** The snapshots of an interview: the list, saving one, reading one, restoring one for everyone. */
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { ISessionApi } from '../api/client';
import type { Restoration, SnapshotFiles, SnapshotRestored, SnapshotSummary } from '../api/shapes';
import type { ILink } from '../api/socket';

export class SnapshotsModel {
  constructor(options: SnapshotsModel.IOptions) {
    this._options = options;
    options.link.on('snapshot-saved', snapshot => this._add([snapshot]));
    options.link.on('snapshot-restored', restored => this._restored.emit(restored));
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Somebody brought a snapshot back for everyone. */
  get restored(): ISignal<this, SnapshotRestored> {
    return this._restored;
  }

  /** Newest first, as far back as they were asked for. */
  get snapshots(): readonly SnapshotSummary[] {
    return this._snapshots;
  }

  /** Whether there are earlier ones. */
  get hasMore(): boolean {
    return this._next !== null;
  }

  /** Fetches the newest. Called after every successful join. */
  async catchUp(): Promise<void> {
    const page = await this._options.api.snapshots(this._options.sessionId);
    const known = new Set(this._snapshots.map(({ id }) => id));
    if (this._snapshots.length === 0 || !page.items.some(({ id }) => known.has(id))) {
      // The first page, or so many came while we were away that there would be a gap: the list starts anew.
      this._snapshots = [];
      this._next = page.next;
    }
    this._add(page.items);
  }

  /** Fetches the next earlier ones. */
  async more(): Promise<void> {
    if (this._next !== null) {
      const page = await this._options.api.snapshots(this._options.sessionId, this._next);
      this._next = page.next;
      this._add(page.items);
    }
  }

  /** Keeps all files as they are now; everyone hears of it. */
  save(message: string): Promise<SnapshotSummary> {
    return this._options.api.saveSnapshot(this._options.sessionId, message);
  }

  get(id: string): Promise<SnapshotFiles> {
    return this._options.api.snapshot(this._options.sessionId, id);
  }

  /** All files as they are now, by their path. */
  now(): Promise<Record<string, string>> {
    return this._options.api.filesNow(this._options.sessionId);
  }

  /** Brings a snapshot back for everyone; the answer names the one that has what was there before. */
  restore(id: string): Promise<Restoration> {
    return this._options.api.restoreSnapshot(this._options.sessionId, id);
  }

  private _add(snapshots: readonly SnapshotSummary[]): void {
    const known = new Set(this._snapshots.map(({ id }) => id));
    const fresh = snapshots.filter(({ id }) => !known.has(id));
    if (fresh.length > 0) {
      this._snapshots = [...this._snapshots, ...fresh].sort((a, b) => b.sequence - a.sequence);
      this._changed.emit();
    }
  }

  private _next: string | number | null = null;
  private _snapshots: readonly SnapshotSummary[] = [];
  private readonly _changed = new Signal<this, void>(this);
  private readonly _options: SnapshotsModel.IOptions;
  private readonly _restored = new Signal<this, SnapshotRestored>(this);
}

export namespace SnapshotsModel {
  export interface IOptions {
    api: Pick<ISessionApi, 'snapshots' | 'snapshot' | 'saveSnapshot' | 'filesNow' | 'restoreSnapshot'>;
    link: ILink;
    sessionId: string;
  }
}
