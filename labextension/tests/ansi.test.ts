import { describe, expect, it } from 'vitest';

import { parseAnsi, plainText } from '../src/execution/ansi';

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
    expect(plainText('a\u001b[2Jb\u001b[10;5Hc\u001b]0;title\u0007d\u001b]8;;http://x\u001b\\e\u001b')).toBe('abcde');
  });

  it.each([
    ['the clipboard (OSC 52)', 'a\u001b]52;c;Y3VybCBldmlsIHwgc2g=\u0007b'],
    ['the clipboard, closed by ESC \\', 'a\u001b]52;c;Y3VybCBldmlsIHwgc2g=\u001b\\b'],
    ['a window title', 'a\u001b]2;root@host\u0007b'],
    ['a link', 'a\u001b]8;;http://evil.example\u001b\\b\u001b]8;;\u001b\\'],
    ['questions to the device', 'a\u001b[c\u001b[>c\u001b[6n\u001b[0x\u001b[?1$p\u001bZ\u0005b'],
    ['a report of the title', 'a\u001b[21tb'],
    ['a device control string', 'a\u001bP$q"p\u001b\\\u001bP+q544e\u001b\\b'],
    ['private messages', 'a\u001b^x\u001b\\\u001b_Gx\u001b\\\u001bXx\u001b\\b'],
    ['resets and character sets', 'a\u001bc\u001b(0\u001b#8\u001b%G\u001b7\u001b8\u001b=b'],
    ['modes', 'a\u001b[?1049h\u001b[?2004l\u001b[!p\u001b["pb'],
    ['the forms of one character', 'a\u009d52;c;YQ==\u009c\u009b6n\u0090q\u009c\u009fx\u001b\\b']
  ])('drops what a terminal would obey: %s', (_, text) => {
    expect(plainText(text)).toBe('ab');
  });

  it('drops a string that is never closed up to the end of its line, and no more', () => {
    expect(plainText('a\u001b]52;c;YQ==\nb\u001bPq\u001b[31mc')).toBe('a\nbc');
  });

  it('leaves no control character but tab and newline', () => {
    const all = Array.from({ length: 0xa0 }, (_, code) => `x${String.fromCharCode(code)}x`).join('\n');
    expect(plainText(all)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
  });

  it('takes little time for hostile text', () => {
    const began = performance.now();
    for (const piece of ['\u001b]', '\u001b[1;', '\u001b[', '\u001b', '\u001b[ ', '\r', '\u001bP\u001b']) {
      plainText(piece.repeat(100_000));
    }
    expect(performance.now() - began).toBeLessThan(3000);
  });

  it('shows the last of what a progress bar wrote over itself', () => {
    expect(plainText('10 %\r20 %\r100 %\ndone\r\n')).toBe('100 %\ndone\n');
  });

  it('keeps tabs and drops bells', () => {
    expect(plainText('a\tb\u0007\u0000c')).toBe('a\tbc');
  });

  it('passes markup through as the text it is', () => {
    expect(plainText('<img src=x onerror=alert(1)>')).toBe('<img src=x onerror=alert(1)>');
  });
});
