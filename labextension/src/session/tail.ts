/** The end of a list that the server numbers: what comes live, what was missed, and earlier pages when somebody asks. */
import type { IPageOf, IRange } from '../api/client';

export class Tail<T extends { sequence: number }> {
  constructor(fetch: (range: IRange) => Promise<IPageOf<T>>) {
    this._fetch = fetch;
  }

  /** Oldest first, as far back as they were asked for. */
  get items(): readonly T[] {
    return this._items;
  }

  /** Whether the server has earlier ones. */
  get hasEarlier(): boolean {
    return this._earlier !== null;
  }

  /** The connection was lost: what comes from now on may leave a gap before it. */
  interrupt(): void {
    this._isComplete = false;
  }

  /** Takes what came live or was fetched; returns what of it was not known. */
  add(items: readonly T[]): T[] {
    const known = new Set(this._items.map(({ sequence }) => sequence));
    const fresh = items.filter(({ sequence }) => !known.has(sequence));
    if (fresh.length > 0) {
      this._items = [...this._items, ...fresh].sort((a, b) => a.sequence - b.sequence);
      if (this._isComplete) {
        this._completeTo = this._newest();
      }
    }
    return fresh;
  }

  /** Fetches the newest page at first, later what was missed; `last` is the newest number at the join. */
  async *catchUp(last: number): AsyncGenerator<readonly T[], void> {
    if (this._completeTo === null) {
      const page = await this._fetch({ before: last + 1 });
      this._earlier = page.next;
      this._completeTo = last;
      yield page.items;
    } else {
      let after: IPageOf<T>['next'] = this._completeTo;
      while (after !== null) {
        const page: IPageOf<T> = await this._fetch({ after });
        yield page.items;
        this._completeTo = Math.max(this._completeTo, page.items.at(-1)?.sequence ?? 0);
        after = page.next;
      }
    }
    this._isComplete = true;
    this._completeTo = Math.max(this._completeTo, this._newest());
  }

  /** Fetches the page before the earliest. */
  async earlier(): Promise<readonly T[]> {
    if (this._earlier === null) {
      return [];
    }
    const page = await this._fetch({ before: this._earlier });
    this._earlier = page.next;
    return page.items;
  }

  private _newest(): number {
    return this._items.at(-1)?.sequence ?? 0;
  }

  private _items: readonly T[] = [];
  /** Up to this number nothing is missing; what comes live before a page was fetched must not hide what is older. */
  private _completeTo: number | null = null;
  private _isComplete = false;
  private _earlier: string | number | null = null;
  private readonly _fetch: (range: IRange) => Promise<IPageOf<T>>;
}
