import { describe, expect, it } from 'vitest';

import { copyable, unsentTitle } from '../src/unsent';

describe('what could not be sent', () => {
  it('is one text as it was written, and several each under their name', () => {
    const one = { name: 'a.py', text: 'x = 1\n', edits: 1 };
    expect(copyable([one])).toBe('x = 1\n');
    expect(unsentTitle([one])).toBe('1 edit could not be sent');
    const other = { name: '', text: 'y', edits: 2 };
    expect(copyable([one, other])).toBe('=== a.py ===\nx = 1\n\n\n=== A file ===\ny');
    expect(unsentTitle([one, other])).toBe('3 edits could not be sent');
  });
});
