/** Removing somebody, after asking twice: they cannot come back with the same invitation. */
import { Dialog, showDialog, showErrorMessage } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { sentence } from '../api/errors';
import type { Participant } from '../api/shapes';
import { firstName } from '../controls/avatar';
import type { SessionModel } from '../session/model';

class Body extends Widget {
  constructor(explanation: string, label: string) {
    super();
    const paragraph = document.createElement('p');
    paragraph.textContent = explanation;
    const caption = document.createElement('label');
    caption.textContent = label;
    this._field.className = 'jp-cwm-Input';
    this._field.maxLength = 500;
    caption.append(this._field);
    this.node.append(paragraph, caption);
    this.addClass('jp-cwm-DialogBody');
  }

  getValue(): string {
    return this._field.value.trim();
  }

  private readonly _field = document.createElement('input');
}

export async function askToRemove(model: SessionModel, person: Participant, trans: TranslationBundle): Promise<void> {
  const first = firstName(person.username);
  const answer = await showDialog({
    title: trans.__('Remove %1 from the interview?', person.username),
    body: new Body(
      trans.__('%1 leaves at once and cannot come back with the same invitation. The code stays.', first),
      trans.__('A word to %1 (optional)', first)
    ),
    buttons: [Dialog.cancelButton({ label: trans.__('Keep') }), Dialog.warnButton({ label: trans.__('Remove') })],
    defaultButton: 0
  });
  if (!answer.button.accept) {
    return;
  }
  try {
    await model.remove(person.userId, answer.value ?? '');
  } catch (error) {
    await showErrorMessage(trans.__('%1 was not removed', person.username), sentence(error));
  }
}
