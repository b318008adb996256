/** The log-in page: renews a log-in that has only run out, else asks for email and password. */
import { Api } from './api';
import { Form } from './form';
import { element, readPage } from './page';

const page = readPage();
const api = new Api(page.baseUrl);
const onward = page.data.onward ?? page.baseUrl;
const form = new Form(element('login') as HTMLFormElement, { email: 'email', password: 'password' });

form.onSubmit(
  () => {
    const hasEmail = form.requireFilled('email', 'Enter your email address.');
    return form.requireFilled('password', 'Enter your password.') && hasEmail;
  },
  async () => {
    await api.login(form.value('email').trim(), form.value('password'));
    location.replace(onward);
    return 'going';
  }
);

/** Where a renewed log-in is refused all the same, the two pages must not send each other round and round. */
const RENEWED_AT = 'codewithme-renewed-at';
const PAUSE_MS = 15_000;

async function renew(): Promise<void> {
  if (page.data.isGuest === 'true' || Date.now() - Number(sessionStorage.getItem(RENEWED_AT)) < PAUSE_MS) {
    return;
  }
  try {
    // A guest's log-in opens an interview and nothing else; whoever asks for more wants to log in as somebody.
    if ((await api.refresh()) && ((await api.role()) !== 'guest' || onward.includes('/workspaces/interview-'))) {
      sessionStorage.setItem(RENEWED_AT, String(Date.now()));
      location.replace(onward);
    }
  } catch {
    // The form is there, and says what is wrong when it is used.
  }
}

void renew();
