/** Words for what could not be sent. */
import type { IUnsent } from '../../src/documents/kept';

/** How many edits there are. */
export function unsentTitle(parts: readonly IUnsent[]): string {
  const edits = parts.reduce((sum, part) => sum + part.edits, 0);
  return edits === 1 ? '1 edit could not be sent' : `${edits} edits could not be sent`;
}

/** One text of all files, each under its name if there are several. */
export function copyable(parts: readonly IUnsent[]): string {
  const [only] = parts;
  if (parts.length === 1) {
    return only.text;
  }
  return parts.map(({ name, text }) => `=== ${name || 'A file'} ===\n${text}`).join('\n\n');
}
