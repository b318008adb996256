/** Asks before files are deleted. */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

export async function askToDelete(items: readonly Contents.IModel[], trans: TranslationBundle): Promise<boolean> {
  const isFolder = items.some(({ type }) => type === 'directory');
  const what = items.length === 1 ? trans.__('“%1”', items[0].name) : trans.__('%1 files', items.length);
  const answer = await showDialog({
    title: trans.__('Delete %1?', what),
    body: isFolder
      ? trans.__('It goes for everyone, with all that is in it. Snapshots that have the files keep them.')
      : trans.__('It goes for everyone. Snapshots that have it keep it.'),
    buttons: [Dialog.cancelButton({ label: trans.__('Keep') }), Dialog.warnButton({ label: trans.__('Delete') })],
    defaultButton: 0
  });
  return answer.button.accept;
}
