/** The Activity section. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';

import { Panel } from '../controls/boundary';
import { ILayout, ISession } from '../tokens';
import { ActivityLog } from './panel';

const plugin: JupyterFrontEndPlugin<void> = {
  id: '@codewithme/labextension:activity',
  description: 'What happened in the interview.',
  autoStart: true,
  requires: [ISession, ILayout],
  optional: [ITranslator],
  activate: (
    _app: JupyterFrontEnd,
    session: ISession | null,
    layout: ILayout | null,
    translator: ITranslator | null
  ) => {
    if (!session || !layout) {
      return;
    }
    const { model } = session;
    const trans = (translator ?? nullTranslator).load('codewithme');
    const panel = new Panel({
      name: trans.__('Activity'),
      trans,
      className: 'jp-cwm-ActivityPanel',
      view: React.createElement(ActivityLog, { model, trans })
    });
    layout.addSection('right', panel, { rank: 2, share: 0.3, isFoldedWhenLow: true });
  }
};

export default plugin;
