/** Ending an interview and leaving it, after asking. */
import { Dialog, showDialog, showErrorMessage } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { sentence } from '../api/errors';

export async function askToEnd(end: () => Promise<void>, trans: TranslationBundle): Promise<void> {
  const answer = await showDialog({
    title: trans.__('End the interview for everyone?'),
    body: trans.__('Editing stops, the code is saved, and people see that it has ended.'),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Go on') }),
      Dialog.warnButton({ label: trans.__('End interview') })
    ],
    defaultButton: 0
  });
  if (answer.button.accept) {
    await doing(end, trans.__('The interview was not ended'));
  }
}

export async function askToLeave(leave: () => Promise<void>, trans: TranslationBundle): Promise<void> {
  const answer = await showDialog({
    title: trans.__('Leave the interview?'),
    body: trans.__('Your code is saved. To come back you ask to join again and wait to be admitted.'),
    buttons: [Dialog.cancelButton({ label: trans.__('Stay') }), Dialog.warnButton({ label: trans.__('Leave') })],
    defaultButton: 0
  });
  if (answer.button.accept) {
    await doing(leave, trans.__('You are still in the interview'));
  }
}

async function doing(act: () => Promise<void>, failure: string): Promise<void> {
  try {
    await act();
  } catch (error) {
    await showErrorMessage(failure, sentence(error));
  }
}
