/** The connection in a word: in the session bar and in the status bar. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Icon, Spinner } from '../controls/button';
import { useFollow } from '../controls/follow';
import { offlineIcon, onlineIcon, savedIcon } from '../controls/icons';
import type { ConnectionModel } from './model';

interface IConnectionProps {
  connection: ConnectionModel;
  trans: TranslationBundle;
}

export function Connection({ connection, trans }: IConnectionProps): React.ReactElement {
  useFollow(connection.changed);
  const { state } = connection;
  switch (state.kind) {
    case 'connecting':
      return (
        <span className="jp-cwm-Stat" data-cwm="connection">
          <Spinner />
          {trans.__('Connecting')}
        </span>
      );
    case 'offline':
      return (
        <span className="jp-cwm-Stat jp-mod-warn" data-cwm="connection">
          <Icon icon={offlineIcon} />
          {state.edits > 0
            ? trans._n('Offline, %1 edit waiting', 'Offline, %1 edits waiting', state.edits)
            : trans.__('Offline')}
        </span>
      );
    case 'reconnecting':
      return (
        <span className="jp-cwm-Stat jp-mod-warn" data-cwm="connection">
          <Spinner />
          {trans.__('Reconnecting')}
        </span>
      );
    case 'saving':
      return (
        <span className="jp-cwm-Stat" data-cwm="connection">
          <Icon icon={savedIcon} />
          {trans.__('Saving')}
        </span>
      );
    case 'saved':
    case 'back':
      return (
        <span className="jp-cwm-Stat jp-mod-ok" data-cwm="connection">
          <Icon icon={savedIcon} />
          {trans.__('Saved')}
        </span>
      );
  }
}

export function StatusBarConnection({ connection, trans }: IConnectionProps): React.ReactElement {
  useFollow(connection.changed);
  const { kind } = connection.state;
  const isConnected = kind === 'saved' || kind === 'saving' || kind === 'back';
  const words = isConnected
    ? trans.__('Connected')
    : kind === 'connecting'
      ? trans.__('Connecting')
      : kind === 'offline'
        ? trans.__('Offline')
        : trans.__('Reconnecting');
  return (
    <span className={`jp-cwm-Stat ${isConnected ? 'jp-mod-ok' : ''}`.trim()}>
      <Icon icon={kind === 'offline' ? offlineIcon : onlineIcon} size={12} />
      {words}
    </span>
  );
}
