/**
 * A copy of a document in this browser's IndexedDB, so that edits made offline outlive a reload of the page.
 *
 * When the page comes up again, the copy is read into a document of its own and meets the server's only once that has arrived. Both
 * have the same history, so merging them adds what the server lacks and nothing else. Should the server's document be another one
 * (its data was lost and the text read from a file), the same text would appear twice; therefore the copy remembers what the server
 * had confirmed, and is not merged with a document that knows nothing of it.
 */
import { IndexeddbPersistence, clearDocument, storeState } from 'y-indexeddb';
import * as Y from 'yjs';

const PREFIX = 'codewithme';
const CONFIRMED = 'confirmed';
const WAITING = 'waiting';
const ASIDE = 'aside';

/** Whose copies of which interview; two people may use one browser. */
export interface IOwner {
  userId: string;
  sessionId: string;
}

/** Text that could not be merged, to be copied by its author. */
export interface IAside {
  text: string;
  edits: number;
}

export class Kept {
  /** Opens the copy of a room; null where the browser keeps nothing. */
  static async open(owner: IOwner, room: string): Promise<Kept | null> {
    if (!(await isUsable())) {
      return null;
    }
    const name = `${prefix(owner)}${room}`;
    const doc = new Y.Doc();
    const persistence = new IndexeddbPersistence(name, doc);
    await persistence.whenSynced;
    const kept = new Kept(name, doc, persistence);
    kept._confirmed = ((await persistence.get(CONFIRMED)) as Uint8Array | undefined) ?? null;
    kept._waiting = Number((await persistence.get(WAITING)) ?? 0);
    kept._aside = ((await persistence.get(ASIDE)) as IAside | undefined) ?? null;
    return kept;
  }

  private constructor(
    private readonly _name: string,
    private _doc: Y.Doc,
    private _persistence: IndexeddbPersistence
  ) {}

  /** How many edits of an earlier page are not known to be on the server. */
  get waiting(): number {
    return this._waiting;
  }

  /** What an earlier page could not merge. */
  get aside(): IAside | null {
    return this._aside;
  }

  /** What is here and not known to be on the server: what an earlier page wrote, and what one could not merge. */
  unsent(): IUnsent[] {
    const path = this._doc.getMap('state').get('path');
    const name = typeof path === 'string' ? path.split('/').slice(2).join('/') : '';
    const written = this._waiting > 0 ? [{ text: readable(this._doc), edits: this._waiting }] : [];
    return [...written, ...(this._aside ? [this._aside] : [])].map(({ text, edits }) => ({ name, text, edits }));
  }

  /** Whether the copy has the same history as `doc`, which holds what the server holds. */
  isOf(doc: Y.Doc): boolean {
    return this._confirmed === null || areOfOne(Y.encodeStateVector(doc), this._confirmed);
  }

  /** What `doc` lacks of the copy. */
  missingIn(doc: Y.Doc): Uint8Array {
    return Y.encodeStateAsUpdate(this._doc, Y.encodeStateVector(doc));
  }

  /** The copy is not of this document: its text is put aside if it has edits that nobody else has, and it starts anew. */
  async putAside(): Promise<void> {
    const aside = this._waiting > 0 ? { text: readable(this._doc), edits: this._waiting } : this._aside;
    await this._persistence.clearData();
    this._doc = new Y.Doc();
    this._persistence = new IndexeddbPersistence(this._name, this._doc);
    await this._persistence.whenSynced;
    this._confirmed = null;
    this._waiting = 0;
    await this.setAside(aside);
  }

  async setAside(aside: IAside | null): Promise<void> {
    this._aside = aside;
    if (aside) {
      await this._persistence.set(ASIDE, aside as unknown as string);
    } else {
      await this._persistence.del(ASIDE);
    }
  }

  /** From now on `doc` is what is kept; it holds everything that the copy held. */
  async follow(doc: Y.Doc): Promise<void> {
    await this._persistence.destroy();
    this._doc = doc;
    this._persistence = new IndexeddbPersistence(this._name, doc);
    await this._persistence.whenSynced;
    // As one piece: pieces of former pages would make each opening slower.
    await storeState(this._persistence, true);
  }

  /** The server has all of the document's present state. */
  confirm(): void {
    this._confirmed = Y.encodeStateVector(this._doc);
    void this._persistence.set(CONFIRMED, this._confirmed as unknown as ArrayBuffer).catch(() => undefined);
  }

  setWaiting(edits: number): void {
    if (edits !== this._waiting) {
      this._waiting = edits;
      void this._persistence.set(WAITING, edits).catch(() => undefined);
    }
  }

  /** Stops keeping, and forgets what was kept if `forGood`. */
  async close(forGood = false): Promise<void> {
    await (forGood ? this._persistence.clearData() : this._persistence.destroy());
  }

  private _aside: IAside | null = null;
  private _confirmed: Uint8Array | null = null;
  private _waiting = 0;
}

/** Forgets every copy of an interview's documents. */
export async function forget(owner: IOwner): Promise<void> {
  await Promise.all((await copies(owner)).map(name => clearDocument(name)));
}

async function copies(owner: IOwner): Promise<string[]> {
  if (!(await isUsable())) {
    return [];
  }
  const names = (await indexedDB.databases()).map(({ name }) => name ?? '');
  return names.filter(name => name.startsWith(prefix(owner))).sort();
}

/** What one document of an interview has that is not known to be on the server. */
export interface IUnsent extends IAside {
  /** The file's name, as far as it is known. */
  name: string;
}

/** What earlier pages wrote in an interview's documents and could not send: only this browser has it. */
export async function unsent(owner: IOwner): Promise<IUnsent[]> {
  const found: IUnsent[] = [];
  for (const name of await copies(owner)) {
    const kept = await Kept.open(owner, name.slice(prefix(owner).length));
    found.push(...(kept?.unsent() ?? []));
    await kept?.close();
  }
  return found;
}

/**
 * Whether two state vectors can be of one document. A server that lost its last second still knows everybody who wrote before; one
 * that made the document anew from its file knows nobody.
 */
export function areOfOne(present: Uint8Array, confirmed: Uint8Array): boolean {
  const known = [...Y.decodeStateVector(confirmed).keys()];
  const clocks = Y.decodeStateVector(present);
  return known.length === 0 || known.some(client => clocks.has(client));
}

function prefix({ userId, sessionId }: IOwner): string {
  return `${PREFIX}:${userId}:${sessionId}:`;
}

/** A file's text, or the sources of a notebook's cells one after the other. */
export function readable(doc: Y.Doc): string {
  const source = doc.getText('source').toJSON();
  const cells = doc.getArray('cells').toJSON() as { source?: string }[];
  return source || cells.map(cell => cell.source ?? '').join('\n\n');
}

/** Some browsers have IndexedDB and refuse to use it, such as in private windows. */
async function isUsable(): Promise<boolean> {
  try {
    await indexedDB.databases();
    return true;
  } catch {
    return false;
  }
}
