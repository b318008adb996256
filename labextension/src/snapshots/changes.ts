/** What is different between a snapshot and now, file by file. */
import { Chunk } from '@codemirror/merge';
import { Text } from '@codemirror/state';

/** Keeps a comparison of two large and very different texts from taking seconds. */
export const DIFF_LIMITS = { scanLimit: 1000, timeout: 200 };

export interface IFileChange {
  path: string;
  /** Text in the snapshot; null where the file came later. */
  before: string | null;
  /** Text now; null where the file is gone. */
  now: string | null;
  added: number;
  removed: number;
}

/** Every file of the snapshot and of now, in order of their names; those that are different first. */
export function compare(
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>
): readonly IFileChange[] {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort((a, b) => a.localeCompare(b));
  const changes = paths.map(path => compareFile(path, textOf(before, path), textOf(now, path)));
  return [...changes.filter(isDifferent), ...changes.filter(change => !isDifferent(change))];
}

export function isDifferent(change: IFileChange): boolean {
  return change.before !== change.now;
}

function compareFile(path: string, before: string | null, now: string | null): IFileChange {
  if (before === now) {
    return { path, before, now, added: 0, removed: 0 };
  }
  const a = documentOf(before);
  const b = documentOf(now);
  let added = 0;
  let removed = 0;
  for (const chunk of Chunk.build(a, b, DIFF_LIMITS)) {
    removed += linesOf(a, chunk.fromA, chunk.toA);
    added += linesOf(b, chunk.fromB, chunk.toB);
  }
  return { path, before, now, added, removed };
}

/** Lines from one place to another, which may be one past the end; an empty last line is no line. */
function linesOf(text: Text, from: number, to: number): number {
  if (from === to || from > text.length) {
    return 0;
  }
  const first = text.lineAt(from);
  const last = text.lineAt(Math.min(Math.max(to - 1, from), text.length));
  const isEmptyEnd = last.number === text.lines && last.length === 0;
  return last.number - first.number + 1 - (isEmptyEnd ? 1 : 0);
}

function documentOf(text: string | null): Text {
  return Text.of((text ?? '').split(/\r\n?|\n/));
}

function textOf(files: Readonly<Record<string, string>>, path: string): string | null {
  return Object.prototype.hasOwnProperty.call(files, path) ? files[path] : null;
}
