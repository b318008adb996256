/** The account page: the password, the devices, and the end of the account. */
import { Api, CallError } from './api';
import { Form } from './form';
import { element, readPage } from './page';
import { rememberBrowser } from './renewal';
import { sentence } from './words';

const page = readPage();
const api = new Api(page.baseUrl);
const devices = element('devices');

function say(id: string, message: string): void {
  const place = element(id);
  place.querySelector('[data-text]')?.replaceChildren(message);
  place.hidden = false;
}

function others(): HTMLElement[] {
  return [...devices.querySelectorAll<HTMLElement>('[data-device]:not([data-current])')];
}

function takeOff(gone: readonly HTMLElement[]): void {
  gone.forEach(device => device.remove());
  element('revoke-others').hidden = others().length === 0;
}

/** Logs devices out; the button is busy meanwhile, and what goes wrong is said above the list. */
async function revoke(
  button: HTMLElement,
  call: () => Promise<unknown>,
  gone: readonly HTMLElement[],
  done: string
): Promise<void> {
  if (button.getAttribute('aria-busy') === 'true') {
    return;
  }
  element('devices-trouble').hidden = true;
  element('devices-done').hidden = true;
  button.setAttribute('aria-busy', 'true');
  try {
    await call();
    takeOff(gone);
    say('devices-done', done);
    // The button is gone, or hidden, and the keyboard must not start again at the top.
    element('devices-done').focus();
  } catch (error) {
    const problem = error instanceof CallError ? error : new CallError('unknown', 'This page has a fault. Reload it.');
    say('devices-trouble', sentence(problem, {}).general ?? problem.message);
  }
  button.removeAttribute('aria-busy');
}

devices.addEventListener('click', event => {
  const button = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-revoke]') : null;
  const device = button?.closest<HTMLElement>('[data-device]');
  if (button && device) {
    const name = device.querySelector('b')?.textContent ?? '';
    void revoke(button, () => api.revokeDevice(device.dataset.device ?? ''), [device], `${name} is logged out.`);
  }
});

element('revoke-others').addEventListener('click', event => {
  const gone = others();
  void revoke(
    event.currentTarget as HTMLElement,
    () => api.revokeOtherDevices(),
    gone,
    'You are logged out everywhere else.'
  );
});

for (const time of document.querySelectorAll('time')) {
  const moment = new Date(time.dateTime);
  time.textContent = moment.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

function passwordForm(root: HTMLElement): void {
  const form = new Form(root as HTMLFormElement, { password: 'password', new_password: 'new_password' });
  form.onSubmit(
    () => {
      element('password-done').hidden = true;
      const hasOld = form.requireFilled('password', 'Enter your present password.');
      return form.requireFilled('new_password', 'Choose a new password.') && hasOld;
    },
    async () => {
      await api.changePassword(form.value('password'), form.value('new_password'));
      rememberBrowser();
      form.root.reset();
      takeOff(others());
      say('password-done', 'Your password is changed. You are logged out everywhere else.');
      return 'done';
    }
  );
}

function deletionForm(root: HTMLElement): void {
  const form = new Form(root as HTMLFormElement, { password: 'password_to_delete' });
  form.onSubmit(
    () => form.requireFilled('password_to_delete', 'Enter your password.'),
    async () => {
      try {
        await api.deleteAccount(form.value('password_to_delete'));
      } catch (error) {
        if (error instanceof CallError && error.code === 'wrong_password') {
          form.mark('password_to_delete', 'The password does not match. Check it and try again.');
          return 'done';
        }
        throw error;
      }
      location.replace(`${page.baseUrl}codewithme/login`);
      return 'going';
    }
  );
}

// The server's owner has neither.
const [changing, deleting] = [document.getElementById('password-form'), document.getElementById('delete-form')];
if (changing && deleting) {
  passwordForm(changing);
  deletionForm(deleting);
}
