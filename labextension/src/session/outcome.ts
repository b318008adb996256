/** Where the browser goes when this person is not in the interview any more. */
import { pageUrl } from '../page';
import type { IPage } from '../page';
import type { Outcome } from './model';

/** Address of the page that tells what happened, or what to do next. */
export function addressAfter(page: IPage, sessionId: string, outcome: Outcome): string {
  switch (outcome) {
    case 'waiting':
      return pageUrl(page, 'join', sessionId);
    case 'refused':
      return `${pageUrl(page, 'login')}?next=${encodeURIComponent(window.location.pathname)}`;
    default:
      return page.interview?.role === 'host' ? `${page.baseUrl}lab` : pageUrl(page, 'outcome', sessionId);
  }
}

export function leaveFor(page: IPage, sessionId: string, outcome: Outcome): void {
  // `replace`, so that Back does not lead into an interview that is over.
  window.location.replace(addressAfter(page, sessionId, outcome));
}
