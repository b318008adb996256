/** Where a sign-in link leads. The token is behind the #, and leaves the address bar as soon as it is read. */
import { Api, CallError } from './api';
import { Form } from './form';
import { element, readPage } from './page';
import { rememberBrowser } from './renewal';

const page = readPage();
const api = new Api(page.baseUrl);
const form = new Form(element('set-password') as HTMLFormElement, { password: 'password' });
const token = location.hash.slice(1);
history.replaceState(null, '', location.pathname);

form.onSubmit(
  () => form.requireFilled('password', 'Choose a password.'),
  async () => {
    try {
      await api.setPassword(token, form.value('password'));
    } catch (error) {
      // "Gone" is about invitations on the other pages; here the server's own words are the right ones.
      throw error instanceof CallError && error.code === 'gone' ? new CallError('link_gone', error.message) : error;
    }
    rememberBrowser();
    location.replace(page.data.onward ?? page.baseUrl);
    return 'going';
  }
);

if (token === '') {
  form.trouble('This link is incomplete. Open the whole link that you were sent.');
}
