/** Asks for a snapshot's name, and whether to restore one. */
import { Dialog, Notification, showDialog, showErrorMessage } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { sentence } from '../api/errors';
import type { SnapshotSummary } from '../api/shapes';
import { clockTime } from '../controls/time';
import type { SnapshotsModel } from './model';
import { titleOf } from './titles';

const LONGEST_MESSAGE = 200;
const TOLD_FOR_MS = 8_000;

class MessageField extends Widget {
  constructor(label: string, hint: string) {
    super();
    const caption = document.createElement('label');
    caption.textContent = label;
    this._field.className = 'jp-cwm-Input';
    this._field.maxLength = LONGEST_MESSAGE;
    this._field.placeholder = hint;
    caption.append(this._field);
    this.node.append(caption);
    this.addClass('jp-cwm-DialogBody');
  }

  getValue(): string {
    return this._field.value.trim();
  }

  private readonly _field = document.createElement('input');
}

export async function askToSave(snapshots: SnapshotsModel, trans: TranslationBundle): Promise<void> {
  const answer = await showDialog({
    title: trans.__('Save a snapshot'),
    body: new MessageField(trans.__('What is this state? (optional)'), trans.__('Tests pass')),
    buttons: [Dialog.cancelButton({ label: trans.__('Cancel') }), Dialog.okButton({ label: trans.__('Save') })],
    focusNodeSelector: 'input'
  });
  if (!answer.button.accept) {
    return;
  }
  try {
    const saved = await snapshots.save(answer.value ?? '');
    Notification.success(trans.__('“%1” is saved.', titleOf(saved, trans)), { autoClose: 3000 });
  } catch (error) {
    await showErrorMessage(trans.__('The snapshot was not saved'), sentence(error));
  }
}

export async function askToRestore(
  snapshots: SnapshotsModel,
  snapshot: SnapshotSummary,
  trans: TranslationBundle
): Promise<void> {
  const { fileCount, createdAt } = snapshot;
  const files = trans._n('One file goes back to %2', '%1 files go back to %2', fileCount, clockTime(createdAt));
  const now = clockTime(new Date().toISOString());
  const answer = await showDialog({
    title: trans.__('Restore “%1” for everyone?', titleOf(snapshot, trans)),
    body: trans.__('%1 for everyone. What is there now is saved first as “Before restore, %2”.', files, now),
    buttons: [Dialog.cancelButton({ label: trans.__('Cancel') }), Dialog.okButton({ label: trans.__('Restore') })],
    defaultButton: 0
  });
  if (answer.button.accept) {
    await restore(snapshots, snapshot, trans);
  }
}

async function restore(snapshots: SnapshotsModel, snapshot: SnapshotSummary, trans: TranslationBundle): Promise<void> {
  try {
    const { before } = await snapshots.restore(snapshot.id);
    Notification.success(trans.__('“%1” is back for everyone.', titleOf(snapshot, trans)), {
      autoClose: TOLD_FOR_MS,
      actions: [
        {
          label: trans.__('Undo'),
          caption: trans.__('Bring back what was there before, for everyone'),
          callback: () => void restore(snapshots, before, trans)
        }
      ]
    });
  } catch (error) {
    await showErrorMessage(trans.__('The snapshot was not restored'), sentence(error));
  }
}
