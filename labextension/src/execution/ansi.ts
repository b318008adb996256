/** Terminal output as styled text: colours and weight from ANSI sequences, everything else of them dropped. */

export interface IStyle {
  /** Number of the colour as terminals count them: 0–7 normal, 8–15 bright. */
  color?: number;
  background?: number;
  isBold?: boolean;
  isDim?: boolean;
  isItalic?: boolean;
  isUnderlined?: boolean;
}

export interface ISpan {
  text: string;
  style: IStyle;
}

/*
 * What a terminal would obey is dropped, whole: strings (window titles, links, the clipboard by OSC 52, device control;
 * ESC ] P X ^ _) up to BEL or ESC \, or up to the end of the line where a program never closes one; control sequences
 * (ESC [), which end with a letter or sign; and short ones. Each also has a form of one character (U+0080 to U+009F).
 */
const STRING =
  /(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\n\u001b\u009c]*(?:\u0007|\u001b\\|\u009c|(?=\n|\u001b)|$)/;
const CONTROL = /(?:\u001b\[|\u009b)([0-?]*)([ -/]*[@-~])/;
const SHORT = /\u001b[ -/]*[0-~]/;
const SEQUENCE = new RegExp([STRING, CONTROL, SHORT].map(({ source }) => source).join('|'), 'g');
const UNSEEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001a\u001c-\u001f\u007f-\u009f]/g;

/** `text` cut into stretches of one style. */
export function parseAnsi(text: string): ISpan[] {
  const spans: ISpan[] = [];
  let style: IStyle = {};
  let from = 0;
  const push = (to: number): void => {
    const plain = overwritten(text.slice(from, to));
    if (plain) {
      spans.push({ text: plain, style });
    }
  };
  for (const match of text.matchAll(SEQUENCE)) {
    push(match.index);
    from = match.index + match[0].length;
    if (match[2] === 'm') {
      style = restyled(style, match[1]);
    }
  }
  push(text.length);
  return spans;
}

/** `text` without any sequence, safe to be pasted into a terminal. */
export function plainText(text: string): string {
  return parseAnsi(text)
    .map(span => span.text)
    .join('');
}

/** A carriage return starts the line again, as progress bars do. Bell, backspace and the like are not shown. */
function overwritten(text: string): string {
  return text
    .split('\n')
    .map(lastLayer)
    .join('\n')
    .replace(/\u001b/g, '')
    .replace(UNSEEN, '');
}

function lastLayer(line: string): string {
  let end = line.length;
  while (end > 0 && line[end - 1] === '\r') {
    end -= 1;
  }
  return line.slice(line.lastIndexOf('\r', end - 1) + 1, end);
}

function restyled(before: IStyle, parameters: string): IStyle {
  let style = { ...before };
  const codes = parameters.split(/[;:]/).map(Number);
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at];
    if (code === 0) {
      style = {};
    } else if (code === 1) {
      style.isBold = true;
    } else if (code === 2) {
      style.isDim = true;
    } else if (code === 3) {
      style.isItalic = true;
    } else if (code === 4) {
      style.isUnderlined = true;
    } else if (code === 22) {
      delete style.isBold;
      delete style.isDim;
    } else if (code === 23) {
      delete style.isItalic;
    } else if (code === 24) {
      delete style.isUnderlined;
    } else if (code === 38 || code === 48) {
      const color = extended(codes.slice(at + 1));
      style[code === 38 ? 'color' : 'background'] = color.value;
      at += color.length;
    } else {
      setPlainColor(style, code);
    }
  }
  return style;
}

function setPlainColor(style: IStyle, code: number): void {
  if (code >= 30 && code <= 37) {
    style.color = code - 30;
  } else if (code === 39) {
    delete style.color;
  } else if (code >= 40 && code <= 47) {
    style.background = code - 40;
  } else if (code === 49) {
    delete style.background;
  } else if (code >= 90 && code <= 97) {
    style.color = code - 82;
  } else if (code >= 100 && code <= 107) {
    style.background = code - 92;
  }
}

/** Of the 256 colours only the first 16 have a place in the theme; other colours are left to the theme's text colour. */
function extended(rest: readonly number[]): { value: number | undefined; length: number } {
  if (rest[0] === 5) {
    return { value: rest[1] < 16 ? rest[1] : undefined, length: 2 };
  }
  return { value: undefined, length: rest[0] === 2 ? 4 : 0 };
}
