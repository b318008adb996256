/** The Chat section. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';

import { Panel } from '../controls/boundary';
import { ILayout, ISession } from '../tokens';
import { Chat } from './panel';

const plugin: JupyterFrontEndPlugin<void> = {
  id: '@codewithme/labextension:chat',
  description: 'The chat of an interview.',
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
      name: trans.__('Chat'),
      trans,
      className: 'jp-cwm-ChatPanel',
      view: React.createElement(Chat, { model, trans })
    });
    layout.addSection('right', panel, { rank: 1, share: 0.7 });
    const onChanged = (): void => {
      const isSeen = panel.isVisible && document.visibilityState === 'visible' && document.hasFocus();
      if (isSeen && model.chat.unread > 0) {
        model.chat.markRead();
        return;
      }
      const { unread } = model.chat;
      panel.title.dataset = unread > 0 ? { count: String(unread) } : {};
      layout.setCount('right', unread);
    };
    model.chat.changed.connect(onChanged);
    window.addEventListener('focus', onChanged);
  }
};

export default plugin;
