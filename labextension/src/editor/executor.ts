/** Runs the cells of notebooks; for who may only read it says so, instead of a cell that waits for ever. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { INotebookCellExecutor, runCell } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ISession } from '../tokens';

const plugin: JupyterFrontEndPlugin<INotebookCellExecutor> = {
  id: '@codewithme/labextension:cell-executor',
  description: 'Runs the cells of notebooks for those who may.',
  autoStart: true,
  requires: [ISession],
  optional: [ITranslator],
  provides: INotebookCellExecutor,
  activate: (_app: JupyterFrontEnd, session: ISession | null, translator: ITranslator | null) => {
    const trans = (translator ?? nullTranslator).load('codewithme');
    return {
      runCell: options => {
        // A text cell is only shown.
        if ((session?.model.readingReason ?? null) === null || options.cell.model.type !== 'code') {
          return runCell(options);
        }
        Notification.info(trans.__('Nothing runs while you can only read.'), { autoClose: 4000 });
        return Promise.resolve(false);
      }
    };
  }
};

export default plugin;
