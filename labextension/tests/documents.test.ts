import 'fake-indexeddb/auto';

import * as encoding from 'lib0/encoding';
import * as decoding from 'lib0/decoding';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';

import { Kept, forget, unsent } from '../src/documents/kept';
import { Ledger } from '../src/documents/ledger';
import { askForReports, editsIn, readReport, stateVectorIn } from '../src/documents/reports';

const PRIYA = { userId: 'priya', sessionId: 's1' };

function text(content: string): Y.Doc {
  const doc = new Y.Doc();
  doc.getText('source').insert(0, content);
  return doc;
}

function copy(doc: Y.Doc): Y.Doc {
  const other = new Y.Doc();
  Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
  return other;
}

/** A page that has a document open, keeps it, and goes away. */
async function visit(server: Y.Doc, room: string, work: (page: Y.Doc, kept: Kept) => void): Promise<void> {
  const kept = (await Kept.open(PRIYA, room))!;
  const page = copy(server);
  await kept.follow(page);
  work(page, kept);
  await new Promise(resolve => setTimeout(resolve, 50)); // the browser writes in its own time
  await kept.close();
}

describe('the ledger of edits', () => {
  const open = (): Ledger => {
    const ledger = new Ledger();
    ledger.opened();
    ledger.reported();
    ledger.sent(true);
    ledger.stored(1);
    return ledger;
  };

  it('waits until the server has an edit on disk', () => {
    const ledger = open();
    ledger.edited();
    ledger.sent(false);
    ledger.edited();
    ledger.sent(false);
    expect(ledger.waiting).toBe(2);
    ledger.stored(2);
    expect(ledger.waiting).toBe(1);
    ledger.stored(3);
    expect(ledger.waiting).toBe(0);
  });

  it('keeps what was under way when the connection broke until the whole is stored', () => {
    const ledger = open();
    ledger.edited();
    ledger.sent(false);
    ledger.closed();
    ledger.edited();
    expect(ledger.waiting).toBe(2);
    ledger.opened();
    ledger.edited();
    ledger.sent(false);
    ledger.stored(1);
    expect(ledger.waiting).toBe(2);
    ledger.sent(true);
    expect(ledger.waiting).toBe(2);
    ledger.stored(2);
    expect(ledger.waiting).toBe(0);
  });

  it('keeps what the server refused until it asks for it again', () => {
    const ledger = open();
    ledger.edited();
    ledger.sent(false);
    ledger.refuse(2);
    ledger.stored(2);
    expect([ledger.waiting, ledger.refused]).toEqual([1, 1]);
    ledger.sent(true);
    ledger.stored(3);
    expect([ledger.waiting, ledger.refused]).toEqual([0, 0]);
  });

  it('counts the edits of an earlier page unless the server has them already', () => {
    const ledger = open();
    ledger.restore(3, () => ledger.sent(false));
    expect(ledger.waiting).toBe(3);
    ledger.stored(2);
    expect(ledger.waiting).toBe(0);
    ledger.restore(2, () => undefined);
    expect(ledger.waiting).toBe(0);
  });

  it('takes what was sent as done where the server reports nothing', () => {
    const ledger = new Ledger();
    ledger.edited();
    ledger.opened();
    expect(ledger.waiting).toBe(1);
    ledger.sent(true);
    expect(ledger.waiting).toBe(0);
  });
});

describe('a report', () => {
  const read = (...numbers: number[]): unknown => {
    const decoder = decoding.createDecoder(Uint8Array.from(numbers));
    decoding.readVarUint(decoder);
    return readReport(decoder);
  };

  it('is read as the server writes it', () => {
    expect([...askForReports()]).toEqual([100, 0, 1]);
    expect(read(100, 1, 0xac, 2)).toEqual({ kind: 'stored', count: 300 });
    expect(read(100, 2, 7)).toEqual({ kind: 'refused', number: 7 });
    expect(read(100, 3, 0)).toEqual({ kind: 'may-edit', mayEdit: false });
    expect(read(100, 4, 2, 0x68, 0x69)).toEqual({ kind: 'trouble', text: 'hi' });
    expect(read(100, 9, 1)).toBeNull();
  });

  it('counts the messages that carry edits', () => {
    expect(editsIn(Uint8Array.from([0, 0, 1, 0]))).toBeNull();
    expect(editsIn(Uint8Array.from([0, 1, 2, 0, 0]))).toBe('whole');
    expect(editsIn(Uint8Array.from([0, 2, 2, 0, 0]))).toBe('part');
    expect(editsIn(Uint8Array.from([1, 1, 0]))).toBeNull();
  });

  it('finds what the other side has', () => {
    const vector = Y.encodeStateVector(text('a'));
    const message = encoding.encode(encoder => {
      encoding.writeVarUint(encoder, 0);
      encoding.writeVarUint(encoder, 0);
      encoding.writeVarUint8Array(encoder, vector);
    });
    expect(stateVectorIn(message)).toEqual(vector);
    expect(stateVectorIn(Uint8Array.from([0, 1, 2, 0, 0]))).toBeNull();
  });
});

describe('the copy of a document in the browser', () => {
  it('brings what was typed offline back after a reload, once', async () => {
    const server = text('start\n');
    await visit(server, 'once', (page, kept) => {
      kept.confirm();
      page.getText('source').insert(6, 'offline\n');
      kept.setWaiting(1);
    });
    server.getText('source').insert(0, 'meanwhile\n');
    for (const expectedWaiting of [1, 0]) {
      const kept = (await Kept.open(PRIYA, 'once'))!;
      expect(kept.waiting).toBe(expectedWaiting);
      expect(kept.isOf(server)).toBe(true);
      Y.applyUpdate(server, kept.missingIn(server));
      expect(server.getText('source').toJSON()).toBe('meanwhile\nstart\noffline\n');
      kept.setWaiting(0);
      await new Promise(resolve => setTimeout(resolve, 50));
      await kept.close();
    }
  });

  it('is not merged with a document of another history, and its text is not lost', async () => {
    await visit(text('start\n'), 'replaced', (page, kept) => {
      kept.confirm();
      page.getText('source').insert(6, 'offline\n');
      kept.setWaiting(1);
    });
    const other = text('start\n');
    const kept = (await Kept.open(PRIYA, 'replaced'))!;
    expect(kept.isOf(other)).toBe(false);
    await kept.putAside();
    await kept.follow(other);
    await kept.close();

    const later = (await Kept.open(PRIYA, 'replaced'))!;
    expect(later.aside).toEqual({ text: 'start\noffline\n', edits: 1 });
    expect(later.isOf(other)).toBe(true);
    expect(other.getText('source').toJSON()).toBe('start\n');
    await later.setAside(null);
    await later.close();
  });

  it('says what was never sent, of every file, until it is forgotten', async () => {
    const late = { userId: 'priya', sessionId: 's2' };
    expect(await unsent(late)).toEqual([]);
    for (const [name, edits] of [
      ['src/a.py', 2],
      ['b.py', 0],
      ['c.py', 1]
    ] as const) {
      const kept = (await Kept.open(late, name))!;
      const page = text(`written in ${name}`);
      page.getMap('state').set('path', `interviews/s2/${name}`);
      await kept.follow(page);
      kept.setWaiting(edits);
      await new Promise(resolve => setTimeout(resolve, 50));
      await kept.close();
    }
    const aside = (await Kept.open(late, 'c.py'))!;
    await aside.setAside({ text: 'put aside', edits: 4 });
    await aside.close();

    const found = await unsent(late);
    expect(found).toEqual([
      { name: 'c.py', text: 'written in c.py', edits: 1 },
      { name: 'c.py', text: 'put aside', edits: 4 },
      { name: 'src/a.py', text: 'written in src/a.py', edits: 2 }
    ]);
    expect(await unsent({ ...late, userId: 'maya' })).toEqual([]);
    expect(await unsent(late)).toEqual(found);
    await forget(late);
    expect(await unsent(late)).toEqual([]);
  });

  it('is forgotten with its interview, and only with its own', async () => {
    await visit(text('mine'), 'gone', () => undefined);
    await forget({ userId: 'maya', sessionId: 's1' });
    const names = async (): Promise<unknown[]> => (await indexedDB.databases()).map(({ name }) => name);
    expect(await names()).toContain('codewithme:priya:s1:gone');
    await forget(PRIYA);
    expect(await names()).not.toContain('codewithme:priya:s1:gone');
  });
});
