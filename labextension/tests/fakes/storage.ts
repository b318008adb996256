/** Session storage in memory. */
export class FakeStorage {
  getItem(key: string): string | null {
    return this._items.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this._items.set(key, value);
  }

  removeItem(key: string): void {
    this._items.delete(key);
  }

  private readonly _items = new Map<string, string>();
}
