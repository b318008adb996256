/** What the waiting room looks like in each state. */
import { element } from './page';
import type { WaitingState } from './waiting';
import { duration } from './words';

export class WaitingView {
  private readonly since: number;
  private nextTryAt: number | null = null;
  private readonly timer: number;

  /** `since` is when the person asked, in ms since the epoch. */
  constructor(options: { since: number; onTryNow: () => void; onLeave: () => void }) {
    this.since = options.since;
    element('try-now').addEventListener('click', options.onTryNow);
    element('leave').addEventListener('click', options.onLeave);
    this.timer = window.setInterval(() => this.tick(), 1000);
    this.tick();
  }

  show(state: Readonly<WaitingState>): void {
    const host = state.hostName || 'The host';
    const said = describe(state, host);
    setText('waiting-title', said.title);
    setText('waiting-text', said.text);
    setText('host-state', said.host);
    element('host-state').dataset.isHere = String(state.isHostHere);
    this.showMessage(state.message, host);
    this.showConnection(state);
  }

  /** The person goes in. */
  admitted(host: string): void {
    this.stop();
    document.title = 'You are in · CodeWithMe';
    setText('waiting-title', 'You are in');
    setText('waiting-text', `${host || 'The host'} admitted you. The interview opens.`);
    element('unreachable').hidden = true;
    element('leave').hidden = true;
  }

  stop(): void {
    window.clearInterval(this.timer);
  }

  private showMessage(message: string, host: string): void {
    const quote = element('host-message');
    quote.hidden = message.trim() === '';
    const words = quote.querySelector('p');
    if (words) {
      setTextOf(words, `“${message.trim()}”`);
    }
    setText('host-message-by', host);
  }

  private showConnection(state: Readonly<WaitingState>): void {
    const stat = element('connection');
    stat.hidden = false;
    stat.dataset.connection = state.connection;
    this.nextTryAt = state.nextTryAt;
    const isLost = state.connection === 'lost';
    element('unreachable').hidden = !isLost;
    // The alert is the sentence alone: a countdown inside it would be read out every second.
    setText('unreachable-text', isLost ? 'We cannot reach the server.' : '');
    this.tick();
  }

  private tick(): void {
    setText('waiting-time', duration((Date.now() - this.since) / 1000));
    const left = this.nextTryAt === null ? null : Math.ceil((this.nextTryAt - Date.now()) / 1000);
    setText('next-try', left === null ? '' : left > 0 ? `Next try in ${left} s.` : 'Trying now.');
  }
}

/** Nothing is claimed of the host while the server cannot say. */
function describe(state: Readonly<WaitingState>, host: string): { title: string; text: string; host: string } {
  const text = `You go in as soon as ${host} admits you. Keep this page open.`;
  if (state.isHostHere === null || state.connection === 'lost') {
    return { title: 'You are in the waiting room', text, host: '…' };
  }
  if (state.isHostHere) {
    return { title: `${host} knows you are here`, text, host: 'Here' };
  }
  return {
    title: `${host} is not here yet`,
    text: `This page goes on by itself when ${host} arrives.`,
    host: 'Not here yet'
  };
}

function setText(id: string, text: string): void {
  setTextOf(element(id), text);
}

/** Leaves unchanged text alone, so that readers announce only what is new. */
function setTextOf(place: Element, text: string): void {
  if (place.textContent !== text) {
    place.textContent = text;
  }
}
