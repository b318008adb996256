/** The join page: the form, then the waiting room in the same page, then on to the interview. */
import { Api, CallError, type DoorState } from './api';
import { Form } from './form';
import { element, readPage } from './page';
import { recognise, rememberBrowser } from './renewal';
import { connect } from './socket';
import { WaitingRoom, type WaitingState } from './waiting';
import { WaitingView } from './waiting_view';

const page = readPage();
const api = new Api(page.baseUrl);
const sessionId = page.data.sessionId ?? '';
const hostName = page.data.hostName ?? '';
const interview = `${page.baseUrl}lab/workspaces/interview-${encodeURIComponent(sessionId)}`;
const outcome = `${page.baseUrl}codewithme/outcome/${encodeURIComponent(sessionId)}`;

function setUpForm(): void {
  const form = new Form(element('ask') as HTMLFormElement, { name: 'name', password: 'password', consent: 'consent' });
  const consent = form.input('consent');
  form.onSubmit(
    () => {
      const hasName = form.requireFilled('name', 'Enter your name.');
      const hasPassword =
        !form.input('password')?.required || form.requireFilled('password', 'Enter the session password.');
      if (consent?.checked) {
        return hasName && hasPassword;
      }
      form.mark('consent', 'Tick this box to join, or say that you do not agree.');
      return false;
    },
    async () => {
      const state = await ask(form);
      rememberBrowser();
      go(state);
      return 'going';
    }
  );
  document.getElementById('log-out')?.addEventListener('click', () => void logOut(form));
}

function ask(form: Form): Promise<DoorState> {
  const password = form.optional('password');
  if (page.data.way === 'account') {
    return api.join(sessionId, password);
  }
  const code = new URLSearchParams(location.search).get('code') ?? '';
  return api.accept({ sessionId, code, name: form.optional('name')?.trim() ?? null, password });
}

async function logOut(form: Form): Promise<void> {
  try {
    await api.logout();
    location.reload();
  } catch (error) {
    form.fail(error);
  }
}

/** To where the door says. */
function go(state: DoorState): void {
  if (state === 'waiting') {
    wait();
  } else {
    location.replace(state === 'admitted' ? interview : outcome);
  }
}

function wait(): void {
  element('join').hidden = true;
  element('waiting').hidden = false;
  window.scrollTo(0, 0);
  document.title = 'Waiting room · CodeWithMe';
  const view = new WaitingView({
    since: waitingSince(),
    onTryNow: () => room.tryNow(),
    onLeave: () => void leave(room)
  });
  const room = new WaitingRoom({
    sessionId,
    api,
    connect: (token, events) => connect(page.baseUrl, sessionId, token, events),
    onChange: state => show(state, view)
  });
  window.addEventListener('online', () => room.tryNow());
  room.start();
}

function show(state: Readonly<WaitingState>, view: WaitingView): void {
  if (state.door === 'waiting') {
    view.show({ ...state, hostName: state.hostName || hostName });
    return;
  }
  sessionStorage.removeItem(sinceKey());
  if (state.door === 'admitted') {
    view.admitted(state.hostName || hostName);
    location.replace(interview);
  } else if (state.door === 'left') {
    // By choice, so the way back leads here again.
    view.stop();
    location.assign(outcome);
  } else {
    view.stop();
    location.replace(outcome);
  }
}

async function leave(room: WaitingRoom): Promise<void> {
  try {
    await api.leave(sessionId);
  } catch (error) {
    if (error instanceof CallError && error.code === 'unreachable') {
      // Still at the door as far as the server knows: the page says that it is out of reach, and the button is there.
      room.tryNow();
      return;
    }
  }
  room.close();
  sessionStorage.removeItem(sinceKey());
  location.assign(outcome);
}

/** When this tab began to wait; kept over a reload. */
function waitingSince(): number {
  const kept = Number(sessionStorage.getItem(sinceKey()));
  const since = kept > 0 ? kept : Date.now();
  sessionStorage.setItem(sinceKey(), String(since));
  return since;
}

function sinceKey(): string {
  return `codewithme-waiting-since-${sessionId}`;
}

setUpForm();
void recognise(api, page.isKnown);
if (page.data.view === 'waiting') {
  wait();
}
