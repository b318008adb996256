import { describe, expect, it } from 'vitest';

import { parseAnsi } from '../src/execution/ansi';

const plain = (text: string): string =>
  parseAnsi(text)
    .map(span => span.text)
    .join('');

describe('terminal output', () => {
  it('is one span where there is no colour', () => {
    expect(parseAnsi('hello\nworld')).toEqual([{ text: 'hello\nworld', style: {} }]);
  });

  it('takes colour and weight from its sequences, and drops them at the reset', () => {
    expect(parseAnsi('a\u001b[1;31mb\u001b[0mc')).toEqual([
      { text: 'a', style: {} },
      { text: 'b', style: { isBold: true, color: 1 } },
      { text: 'c', style: {} }
    ]);
  });

  it('treats an empty parameter as a reset', () => {
    expect(parseAnsi('\u001b[32mx\u001b[my').at(1)?.style).toEqual({});
  });

  it('knows bright colours, backgrounds and the first of the 256 colours', () => {
    expect(parseAnsi('\u001b[92;44mx').at(0)?.style).toEqual({ color: 10, background: 4 });
    expect(parseAnsi('\u001b[38;5;9mx').at(0)?.style).toEqual({ color: 9 });
  });

  it("leaves colours that the theme does not have to the theme's text", () => {
    expect(parseAnsi('\u001b[38;5;200mx\u001b[38;2;1;2;3my').map(({ style }) => style)).toEqual([{}, {}]);
  });

  it('shows no other sequence: cursor moves, window titles, links, halves', () => {
    expect(plain('a\u001b[2Jb\u001b[10;5Hc\u001b]0;title\u0007d\u001b]8;;http://x\u001b\\e\u001b')).toBe('abcde');
  });

  it('shows the last of what a progress bar wrote over itself', () => {
    expect(plain('10 %\r20 %\r100 %\ndone\r\n')).toBe('100 %\ndone\n');
  });

  it('keeps tabs and drops bells', () => {
    expect(plain('a\tb\u0007\u0000c')).toBe('a\tbc');
  });

  it('passes markup through as the text it is', () => {
    expect(plain('<img src=x onerror=alert(1)>')).toBe('<img src=x onerror=alert(1)>');
  });
});
