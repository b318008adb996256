import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { SnapshotSummary } from '../src/api/shapes';
import { compare } from '../src/snapshots/changes';
import { SnapshotsModel } from '../src/snapshots/model';
import { titleOf } from '../src/snapshots/titles';
import { FakeLink } from './fakes/link';
import { trans } from './fakes/trans';

function snapshot(sequence: number, change: Partial<SnapshotSummary> = {}): SnapshotSummary {
  return {
    id: `snapshot ${sequence}`,
    sequence,
    reason: 'by_hand',
    message: '',
    language: 'python',
    fileCount: 1,
    userId: 'maya',
    username: 'Maya Lindqvist',
    createdAt: '2026-11-23T10:00:00Z',
    ...change
  };
}

describe('the comparison of a snapshot with now', () => {
  const amounts = (before: Record<string, string>, now: Record<string, string>): [string, number, number][] =>
    compare(before, now).map(({ path, added, removed }) => [path, added, removed]);

  it('counts lines that came and went', () => {
    expect(amounts({ 'a.py': 'one\ntwo\nthree\n' }, { 'a.py': 'one\n2\nthree\nfour\n' })).toEqual([['a.py', 2, 1]]);
  });

  it('knows files that came later and files that are gone, and shows what is different first', () => {
    const changes = compare({ 'a.py': 'same', 'gone.py': 'x\ny' }, { 'a.py': 'same', 'new.py': 'z\n' });
    expect(changes).toEqual([
      { path: 'gone.py', before: 'x\ny', now: null, added: 0, removed: 2 },
      { path: 'new.py', before: null, now: 'z\n', added: 1, removed: 0 },
      { path: 'a.py', before: 'same', now: 'same', added: 0, removed: 0 }
    ]);
  });

  it('takes a name of every object for no file', () => {
    expect(compare({ constructor: 'x' }, {})).toMatchObject([{ path: 'constructor', before: 'x', now: null }]);
    expect(compare({ 'a.py': '' }, {})).toMatchObject([{ before: '', now: null, added: 0, removed: 0 }]);
  });
});

describe('the snapshots of an interview', () => {
  let link: FakeLink;
  let model: SnapshotsModel;
  const api = {
    snapshots: vi.fn(),
    snapshot: vi.fn(),
    saveSnapshot: vi.fn(),
    filesNow: vi.fn(),
    restoreSnapshot: vi.fn()
  };
  const listed = (): number[] => model.snapshots.map(({ sequence }) => sequence);

  beforeEach(() => {
    vi.resetAllMocks();
    link = new FakeLink();
    model = new SnapshotsModel({ api, link, sessionId: 's1' });
  });

  it('are listed newest first, each once, in whatever order they are heard of', async () => {
    api.snapshots.mockResolvedValueOnce({ items: [snapshot(5), snapshot(3)], next: 3 });
    link.emit('snapshot-saved', snapshot(5));
    await model.catchUp();
    link.emit('snapshot-saved', snapshot(7));
    expect(listed()).toEqual([7, 5, 3]);
  });

  it('go back as far as they are asked for', async () => {
    api.snapshots.mockResolvedValueOnce({ items: [snapshot(5)], next: 5 });
    await model.catchUp();
    expect(model.hasMore).toBe(true);
    api.snapshots.mockResolvedValueOnce({ items: [snapshot(2)], next: null });
    await model.more();
    expect(api.snapshots).toHaveBeenLastCalledWith('s1', 5);
    expect(listed()).toEqual([5, 2]);
    expect(model.hasMore).toBe(false);
  });

  it('keep what was fetched after a lost connection', async () => {
    api.snapshots.mockResolvedValueOnce({ items: [snapshot(5)], next: 5 });
    await model.catchUp();
    api.snapshots.mockResolvedValueOnce({ items: [snapshot(9), snapshot(5)], next: 5 });
    await model.catchUp();
    expect(listed()).toEqual([9, 5]);
    expect(model.hasMore).toBe(true);
  });

  it('are called by their message, or by why they were saved', () => {
    const time = /\d\d:\d\d$/;
    expect(titleOf(snapshot(1, { message: 'Tests pass' }), trans)).toBe('Tests pass');
    expect(titleOf(snapshot(1), trans)).toMatch(time);
    expect(titleOf(snapshot(1, { reason: 'before_restore', message: 'Before restore' }), trans)).toMatch(time);
    expect(titleOf(snapshot(1, { reason: 'after_run', message: 'After a run of main.py' }), trans)).toBe(
      'After a run of main.py'
    );
  });
});
