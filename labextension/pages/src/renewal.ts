/**
 * Log-ins that have only run out. An access cookie lives for an hour, and a page cannot see the cookie that renews it; so a
 * browser that comes back later looks like a stranger's until somebody tries.
 */
import type { Api } from './api';

const KNOWN = 'codewithme-known';
const PAUSE_MS = 15_000;

/** This browser was logged in here once, so trying to renew that is worth a request. */
export function rememberBrowser(): void {
  localStorage.setItem(KNOWN, 'true');
}

export function isBrowserRemembered(): boolean {
  return localStorage.getItem(KNOWN) !== null;
}

/**
 * Whether the log-in was renewed and the page is worth another load. Not twice in a row from the same page: where a renewed
 * log-in is refused all the same, two pages would send each other round and round.
 */
export async function renew(api: Pick<Api, 'refresh'>): Promise<boolean> {
  const renewedAt = `codewithme-renewed-at:${location.pathname}`;
  if (Date.now() - Number(sessionStorage.getItem(renewedAt)) < PAUSE_MS) {
    return false;
  }
  try {
    if (!(await api.refresh())) {
      return false;
    }
  } catch {
    // Out of reach. The page is there, and says so when it is used.
    return false;
  }
  sessionStorage.setItem(renewedAt, String(Date.now()));
  return true;
}

/** Loads a page again that took somebody for a stranger who is not. */
export async function recognise(api: Api, isKnown: boolean): Promise<void> {
  if (isKnown) {
    rememberBrowser();
  } else if (isBrowserRemembered() && (await renew(api))) {
    location.reload();
  }
}
