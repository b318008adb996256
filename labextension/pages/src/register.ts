/** The page to make an account on. */
import { Api } from './api';
import { Form } from './form';
import { element, readPage } from './page';
import { rememberBrowser } from './renewal';

const page = readPage();
const api = new Api(page.baseUrl);
const form = new Form(element('register') as HTMLFormElement, { name: 'name', email: 'email', password: 'password' });

form.onSubmit(
  () => {
    const hasName = form.requireFilled('name', 'Enter your name.');
    const hasEmail = form.requireFilled('email', 'Enter your email address.');
    return form.requireFilled('password', 'Choose a password.') && hasName && hasEmail;
  },
  async () => {
    await api.register(form.value('name').trim(), form.value('email').trim(), form.value('password'));
    rememberBrowser();
    location.replace(page.data.onward ?? page.baseUrl);
    return 'going';
  }
);
