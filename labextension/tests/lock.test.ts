import { YFile, YNotebook } from '@jupyter/ydoc';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';

import { lock } from '../src/editor/lock';

describe('a document that is locked', () => {
  it('takes no change of this browser, and takes those of others', () => {
    const file = new YFile();
    let isLocked = false;
    lock(file, () => isLocked);
    file.setSource('before');
    isLocked = true;
    file.setSource('typed while locked');
    file.undo();
    file.setState('path', 'elsewhere');
    expect(file.getSource()).toBe('before');
    expect(file.getState('path')).toBeUndefined();

    const other = new Y.Doc();
    Y.applyUpdate(other, Y.encodeStateAsUpdate(file.ydoc));
    other.getText('source').insert(6, ' and after');
    Y.applyUpdate(file.ydoc, Y.encodeStateAsUpdate(other));
    expect(file.getSource()).toBe('before and after');

    isLocked = false;
    file.setSource('unlocked');
    expect(file.getSource()).toBe('unlocked');
  });

  it('keeps the cells of a notebook, also those that came later, from being undone', () => {
    const notebook = new YNotebook();
    let isLocked = false;
    lock(notebook, () => isLocked);
    const cell = notebook.addCell({ cell_type: 'code', source: 'first' });
    cell.setSource('second');
    isLocked = true;
    cell.undo();
    cell.setSource('third');
    notebook.deleteCell(0);
    expect(notebook.cells.map(({ source }) => source)).toEqual(['second']);
  });
});
