/** The connection in a word: in the session bar and in the status bar. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Icon, Spinner } from '../controls/button';
import { useFollow } from '../controls/follow';
import { offlineIcon, onlineIcon, savedIcon, warnIcon } from '../controls/icons';
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
    case 'unsaved':
    case 'replaced':
      return (
        <span className="jp-cwm-Stat jp-mod-warn" data-cwm="connection">
          <Icon icon={warnIcon} />
          {trans.__('Not saved')}
        </span>
      );
    case 'refused':
    case 'aside':
      return (
        <span className="jp-cwm-Stat jp-mod-warn" data-cwm="connection">
          <Icon icon={warnIcon} />
          {trans._n('%1 edit not sent', '%1 edits not sent', state.edits)}
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
  const isConnected = kind !== 'connecting' && kind !== 'offline' && kind !== 'reconnecting';
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
