/** The log-in page: renews a log-in that has only run out, else asks for email and password. */
import { Api } from './api';
import { Form } from './form';
import { element, readPage } from './page';
import { rememberBrowser, renew } from './renewal';

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
    rememberBrowser();
    location.replace(onward);
    return 'going';
  }
);

/** A guest's log-in opens an interview and nothing else; whoever asks for more wants to log in as somebody. */
async function goOnIfRenewed(): Promise<void> {
  if (page.isKnown || !(await renew(api))) {
    return;
  }
  if (onward.includes('/workspaces/interview-') || (await api.role().catch(() => 'guest')) !== 'guest') {
    rememberBrowser();
    location.replace(onward);
  }
}

void goOnIfRenewed();
