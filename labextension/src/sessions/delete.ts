/** Deleting an interview, after asking. */
import { Dialog, showDialog, showErrorMessage } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { sentence } from '../api/errors';
import type { SessionCard } from '../api/shapes';
import type { SessionsModel } from './model';

export async function askToDelete(model: SessionsModel, card: SessionCard, trans: TranslationBundle): Promise<void> {
  const answer = await showDialog({
    title: trans.__('Delete “%1”?', card.title),
    body: trans.__('This deletes the code, chat and activity of this interview for everyone. It cannot be undone.'),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Keep') }),
      Dialog.warnButton({ label: trans.__('Delete interview') })
    ],
    defaultButton: 0
  });
  if (!answer.button.accept) {
    return;
  }
  try {
    await model.delete(card.id);
  } catch (error) {
    await showErrorMessage(trans.__('“%1” was not deleted', card.title), sentence(error));
  }
}
