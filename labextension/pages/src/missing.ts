/** "There is no page here": takes a pasted invitation, if it leads to this server. */
import { Form } from './form';
import { invitationPath } from './link';
import { element, readPage } from './page';

const { baseUrl } = readPage();
const form = new Form(element('paste') as HTMLFormElement, { link: 'link' });

form.onSubmit(
  () => form.requireFilled('link', 'Paste the link from your invitation.'),
  () => {
    const path = invitationPath(form.value('link'), location.origin, baseUrl);
    if (path === null) {
      form.mark('link', 'This is not an invitation to an interview on this server. Check the link.');
      return Promise.resolve('done');
    }
    location.assign(path);
    return Promise.resolve('going');
  }
);
