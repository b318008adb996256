/** The People section, and the news that somebody waits. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';

import { Panel } from '../controls/boundary';
import { ILayout, ISession } from '../tokens';
import { People } from './panel';
import { WaitingNews } from './announce';

const plugin: JupyterFrontEndPlugin<void> = {
  id: '@codewithme/labextension:people',
  description: 'Shows who is in the interview and who waits.',
  autoStart: true,
  requires: [ISession, ILayout],
  optional: [ISettingRegistry, ITranslator],
  activate: (
    _app: JupyterFrontEnd,
    session: ISession | null,
    layout: ILayout | null,
    settings: ISettingRegistry | null,
    translator: ITranslator | null
  ) => {
    if (!session || !layout) {
      return;
    }
    const { model } = session;
    const isHost = model.role === 'host';
    const trans = (translator ?? nullTranslator).load('codewithme');
    const panel = new Panel({
      name: trans.__('People'),
      trans,
      className: 'jp-cwm-PeoplePanel',
      view: React.createElement(People, { model, trans })
    });
    layout.addSection('left', panel, isHost ? { rank: 1, share: 0.34 } : { rank: 3, share: 0.22 });

    const news = new WaitingNews({ isSeen: () => layout.isOpen('left') && panel.isVisible, settings, trans });
    model.peopleChanged.connect(() => {
      panel.title.dataset = { count: String(model.participants.length) };
      layout.setCount('left', model.waiting.length);
      news.keep(model.waiting.map(({ userId }) => userId));
    });
    model.arrived.connect((_, { userId, username }) =>
      news.tell({
        key: userId,
        name: username,
        admit: () => model.admit(userId),
        reject: () => model.reject(userId, '')
      })
    );
  }
};

export default plugin;
