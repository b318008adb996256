/** The page that a run of HTML or CSS gives, shown where it can do nothing: no script, no request, no way out of its frame. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Language } from '../api/shapes';
import type { IRun } from './model';

// What the frame may load. Its sandbox forbids scripts, forms, pop-ups and being of our origin in any case.
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'";

/** The page of a finished run; null where there is none. */
export function pageOf(run: IRun | null, languages: readonly Language[]): string | null {
  const result = run?.result;
  if (result?.exitCode !== 0 || result.error !== null || result.limit !== null) {
    return null;
  }
  return languages.some(({ id, hasPage }) => id === result.language && hasPage) ? result.stdout : null;
}

/** `html` with what holds it put first: nothing in it can come before that, or take it back. */
export function confined(html: string): string {
  // Links would open in a new window, which the sandbox does not allow: a click leads nowhere.
  return `<!DOCTYPE html><meta http-equiv="Content-Security-Policy" content="${POLICY}"><base target="_blank">${html}`;
}

export function Page({ html, trans }: { html: string; trans: TranslationBundle }): React.ReactElement {
  return (
    <div className="jp-cwm-Page">
      <p className="jp-cwm-muted">{trans.__('Scripts, and what is on other sites, do not work in here.')}</p>
      <iframe sandbox="" srcDoc={confined(html)} title={trans.__('The page')} referrerPolicy="no-referrer" />
    </div>
  );
}
