/** Lets through what markdown makes, and nothing that only HTML written into it could: no forms, frames, media or styles. */
import type { IRenderMime } from '@jupyterlab/rendermime';

const HEADINGS = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'];
const BLOCKS = ['p', 'pre', 'blockquote', 'hr', 'ul', 'ol', 'li', 'table', 'thead', 'tbody', 'tr', 'th', 'td'];
const WORDS = ['a', 'img', 'code', 'span', 'em', 'strong', 'del', 'br', 'sub', 'sup'];
const ATTRIBUTES = {
  a: ['href', 'title'],
  img: ['src', 'alt', 'title'],
  // Of highlighted code.
  code: ['class'],
  span: ['class'],
  ol: ['start'],
  th: ['align'],
  td: ['align']
};

/** A sanitizer that does as `full` does, with fewer elements and attributes. */
export function markdownOnly(full: IRenderMime.ISanitizer): IRenderMime.ISanitizer {
  return {
    getAutolink: () => full.getAutolink?.() ?? true,
    sanitize: dirty =>
      full.sanitize(dirty, {
        allowedTags: [...HEADINGS, ...BLOCKS, ...WORDS],
        allowedAttributes: ATTRIBUTES,
        allowedStyles: {}
      })
  };
}
