/** The People section, and the news that somebody waits. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';

import { Panel } from '../controls/boundary';
import { ILayout, ISession } from '../tokens';
import { People } from './panel';
import { announceWaiting, countInTitle } from './announce';

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

    const notes = new Map<string, string>();
    model.peopleChanged.connect(() => {
      panel.title.dataset = { count: String(model.participants.length) };
      layout.setCount('left', model.waiting.length);
      countInTitle(model.waiting.length);
      for (const [userId, note] of notes) {
        if (!model.waiting.some(person => person.userId === userId)) {
          Notification.dismiss(note);
          notes.delete(userId);
        }
      }
    });
    model.arrived.connect((_, person) => {
      const note = announceWaiting({
        name: person.username,
        isSeen: layout.isOpen('left') && panel.isVisible,
        settings,
        trans,
        onAdmit: () => model.admit(person.userId),
        onReject: () => model.reject(person.userId, '')
      });
      if (note !== null) {
        notes.set(person.userId, note);
      }
    });
  }
};

export default plugin;
