/** Asks somebody who is out of the interview what becomes of edits that nobody else has. */
import { Clipboard, Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { DocumentsModel } from './model';

/** Resolves at once unless there are such edits; else when the person has copied them or goes on without. */
export async function askAboutUnsent(documents: DocumentsModel, trans: TranslationBundle): Promise<void> {
  const { waiting } = documents;
  if (waiting === 0) {
    return;
  }
  const answer = await showDialog({
    title: trans._n('%1 edit could not be sent', '%1 edits could not be sent', waiting),
    body: trans.__(
      'You made them while there was no connection or you could not write, and you are not in the interview any more. Copy your version if you need it: it is not kept.'
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Go on without') }),
      Dialog.okButton({ label: trans.__('Copy my version') })
    ]
  });
  if (answer.button.accept) {
    Clipboard.copyToSystem(documents.unsentText);
  }
}
