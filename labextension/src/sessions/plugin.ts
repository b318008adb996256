/** The dashboard: the rail panel "Interviews", the tab "Interviews" and the form for a new one. */
import { ILabShell } from '@jupyterlab/application';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, MainAreaWidget } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { Widget } from '@lumino/widgets';
import * as React from 'react';

import { Panel } from '../controls/boundary';
import { interviewsIcon, penIcon } from '../controls/icons';
import { joinRegions, setTitleHeight } from '../layout/shell';
import { interviewUrl, pageUrl, readPage } from '../page';
import { WaitingNews } from '../people/announce';
import { connect } from '../session/connect';
import { NewInterview } from './create';
import { Dashboard } from './dashboard';
import { SessionsModel } from './model';
import { makeRail } from './rail';

const OPEN = 'codewithme:open-interviews';
const CREATE = 'codewithme:new-interview';
const ACCOUNT = 'codewithme:your-account';

const plugin: JupyterFrontEndPlugin<void> = {
  id: '@codewithme/labextension:sessions',
  description: 'The dashboard of interviews.',
  autoStart: true,
  requires: [ILabShell],
  optional: [ICommandPalette, ILauncher, ISettingRegistry, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    shell: ILabShell,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    settings: ISettingRegistry | null,
    translator: ITranslator | null
  ) => {
    const page = readPage();
    if (!page || page.interview) {
      return;
    }
    const trans = (translator ?? nullTranslator).load('codewithme');
    const { api, link, origin } = connect(page, app.serviceManager.serverSettings);
    const model = new SessionsModel({ api, link, origin });
    const enter = (sessionId: string): void => window.location.assign(interviewUrl(page, sessionId));
    const toDoor = (sessionId: string, code: string | null): void => {
      const address = pageUrl(page, 'join', sessionId);
      window.location.assign(code === null ? address : `${address}?code=${encodeURIComponent(code)}`);
    };
    const account = pageUrl(page, 'account');
    const create = (): void => void app.commands.execute(CREATE);

    let dashboard: Widget | null = null;
    let form: Widget | null = null;
    const tab = (id: string, name: string, view: React.ReactElement): MainAreaWidget => {
      const widget = new MainAreaWidget({ content: new Panel({ name, trans, className: 'jp-cwm-Page', view }) });
      widget.id = id;
      widget.title.label = name;
      widget.title.closable = true;
      widget.toolbar.hide();
      return widget;
    };

    app.commands.addCommand(OPEN, {
      label: trans.__('Interviews'),
      icon: interviewsIcon,
      execute: () => {
        if (!dashboard || dashboard.isDisposed) {
          const name = trans.__('Interviews');
          dashboard = tab(
            'codewithme-interviews',
            name,
            React.createElement(Dashboard, { model, enter, create, account, trans })
          );
          dashboard.title.icon = interviewsIcon;
          shell.add(dashboard, 'main');
        }
        shell.activateById(dashboard.id);
      }
    });
    app.commands.addCommand(CREATE, {
      label: trans.__('New interview'),
      icon: penIcon,
      execute: () => {
        if (!form || form.isDisposed) {
          const name = trans.__('New interview');
          const close = (): void => form?.dispose();
          const view = React.createElement(NewInterview, {
            model,
            hostName: page.userName,
            onCreated: () => {
              close();
              void app.commands.execute(OPEN);
            },
            onCancel: close,
            trans
          });
          form = tab('codewithme-new-interview', name, view);
          form.title.icon = penIcon;
          shell.add(form, 'main');
        }
        shell.activateById(form.id);
      }
    });
    app.commands.addCommand(ACCOUNT, {
      label: trans.__('Your Account'),
      caption: trans.__('Your password, and where you are logged in'),
      execute: () => window.location.assign(account)
    });
    palette?.addItem({ command: ACCOUNT, category: trans.__('Interview') });
    for (const command of [OPEN, CREATE]) {
      palette?.addItem({ command, category: trans.__('Interview') });
      launcher?.add({ command, category: trans.__('Interviews'), rank: 0 });
    }

    const rail = makeRail({
      model,
      enter,
      toDoor,
      create,
      open: () => void app.commands.execute(OPEN),
      translator: translator ?? nullTranslator
    });
    setTitleHeight(rail, 28);
    shell.add(rail, 'left', { rank: 1 });
    const news = new WaitingNews({ isSeen: () => rail.isVisible, settings, trans });
    model.changed.connect(() => {
      const { waitingKeys } = model;
      rail.title.dataset = waitingKeys.length > 0 ? { count: String(waitingKeys.length) } : {};
      news.keep(waitingKeys);
    });
    model.arrived.connect((_, { key, sessionId, person }) =>
      news.tell({
        key,
        name: person.username,
        admit: () => model.admit(sessionId, person.user_id),
        reject: () => model.reject(sessionId, person.user_id, '')
      })
    );

    void app.restored.then(() => {
      joinRegions(shell);
      model.start();
      shell.activateById(rail.id);
      void app.commands.execute(OPEN);
      // The launcher that Lab opens in an empty main area would stand beside the dashboard for nothing.
      [...shell.widgets('main')].filter(widget => widget.id.startsWith('launcher')).forEach(widget => widget.dispose());
    });
  }
};

export default plugin;
