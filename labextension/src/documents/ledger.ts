/**
 * Which of this person's edits the server has on disk.
 *
 * The server reports by message: "the first 7 edit messages of this connection are stored", "number 8 was refused". People think in
 * edits, so each message remembers how many of them it carries. A *whole* message (Yjs calls it sync step 2) carries everything
 * that the server lacks, whatever became of earlier messages.
 */
export class Ledger {
  /** Edits that are not, or not known to be, on the server's disk. */
  get waiting(): number {
    const pending = this._isReported ? this._messages.reduce((sum, { edits }) => sum + edits, 0) : 0;
    return this._held + this._fresh + pending;
  }

  /** Edits of messages that the server refused, since this person may not edit now. */
  get refused(): number {
    return Math.min(this._refused, this.waiting);
  }

  get isReported(): boolean {
    return this._isReported;
  }

  /** This person changed the document. */
  edited(): void {
    if (this._isOpen) {
      this._fresh += 1;
    } else {
      this._held += 1;
    }
  }

  /** `edits` of an earlier page come in with `apply`, which sends them unless the server has them already. */
  restore(edits: number, apply: () => void): void {
    this._fresh += edits;
    apply();
    this._fresh = 0;
  }

  /** A new connection: what was under way is sent again with the whole. */
  opened(): void {
    this.closed();
    this._isOpen = true;
  }

  closed(): void {
    this._held += this._fresh + this._messages.reduce((sum, { edits }) => sum + edits, 0);
    this._fresh = 0;
    this._messages = [];
    this._count = 0;
    this._isOpen = false;
  }

  /** An edit message was sent. */
  sent(isWhole: boolean): void {
    this._count += 1;
    const edits = this._fresh + (isWhole ? this._held : 0);
    this._fresh = 0;
    if (isWhole) {
      this._held = 0;
    }
    if (edits > 0 || isWhole) {
      this._messages.push({ number: this._count, edits, isWhole });
    }
  }

  /** The server reports; until it does, what was sent counts as done. */
  reported(): void {
    this._isReported = true;
  }

  stored(count: number): void {
    if (this._messages.some(({ number, isWhole }) => isWhole && number <= count)) {
      this._refused = 0;
    }
    this._messages = this._messages.filter(({ number }) => number > count);
  }

  refuse(number: number): void {
    const message = this._messages.find(known => known.number === number);
    if (message) {
      this._messages = this._messages.filter(known => known !== message);
      this._held += message.edits;
      this._refused = this._held;
    }
  }

  /** Edits that the next whole message will carry. */
  private _held = 0;
  /** Edits since the last message of this connection. */
  private _fresh = 0;
  private _refused = 0;
  private _count = 0;
  private _isOpen = false;
  private _isReported = false;
  private _messages: { number: number; edits: number; isWhole: boolean }[] = [];
}
