/** The bar on top of an interview: what it is, how long it lasts, whether all is saved, and the way out. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Button, Chip, Icon } from '../controls/button';
import { CopyLink } from '../controls/copylink';
import { useClock, useFollow } from '../controls/follow';
import { clockIcon, endIcon, eyeIcon, leaveIcon, liveIcon, logoIcon } from '../controls/icons';
import { elapsed } from '../controls/time';
import type { ConnectionModel } from '../connection/model';
import { Connection } from '../connection/status';
import { mayAdmit, mayFreeze } from '../page';
import { askToEnd, askToLeave } from './end';
import { FreezeControl } from './freeze';
import type { SessionModel } from './model';
import { showRecorded } from './recorded';

interface IBarProps {
  model: SessionModel;
  connection: ConnectionModel;
  /** Address of the dashboard. */
  dashboard: string;
  /** The key that freezes and unfreezes, as the keyboard of this computer writes it. */
  freezeKeys: string;
  trans: TranslationBundle;
}

export function SessionBar({ model, connection, dashboard, freezeKeys, trans }: IBarProps): React.ReactElement {
  useFollow(model.sessionChanged);
  const { session, role } = model;
  const isHost = role === 'host';
  return (
    <div className="jp-cwm-Bar-content" role="toolbar" aria-label={trans.__('Interview')}>
      {!isHost && (
        <span className="jp-cwm-Logo" aria-hidden="true">
          <logoIcon.react tag={null} />
        </span>
      )}
      <h1>{session?.title ?? ''}</h1>
      <Status model={model} trans={trans} />
      <Elapsed model={model} trans={trans} />
      <span className="jp-cwm-Bar-space" />
      {!model.hasEnded && <Connection connection={connection} trans={trans} />}
      {!isHost && (
        <Button weight="quiet" icon={eyeIcon} onClick={() => showRecorded(trans)}>
          {trans.__('What is recorded')}
        </Button>
      )}
      {mayAdmit(role) && !model.hasEnded && (
        <CopyLink fetchLink={() => model.invitationLink()} weight="quiet" size="small" trans={trans} />
      )}
      <span className="jp-cwm-Bar-divider" />
      {mayFreeze(role) && !model.hasEnded && <FreezeControl model={model} keys={freezeKeys} trans={trans} />}
      <WayOut model={model} dashboard={dashboard} trans={trans} />
    </div>
  );
}

function WayOut({ model, dashboard, trans }: Omit<IBarProps, 'connection' | 'freezeKeys'>): React.ReactElement {
  if (model.hasEnded) {
    return (
      <Button size="small" icon={leaveIcon} onClick={() => window.location.assign(dashboard)}>
        {trans.__('To the interviews')}
      </Button>
    );
  }
  if (model.role === 'host') {
    return (
      <Button
        weight="danger"
        size="small"
        icon={endIcon}
        disabled={model.session === null}
        onClick={() => void askToEnd(() => model.end(), trans)}
      >
        {trans.__('End interview')}
      </Button>
    );
  }
  return (
    <Button icon={leaveIcon} onClick={() => void askToLeave(() => model.leave(), trans)}>
      {trans.__('Leave')}
    </Button>
  );
}

function Status({ model, trans }: { model: SessionModel; trans: TranslationBundle }): React.ReactElement | null {
  switch (model.session?.status) {
    case 'live':
      return (
        <Chip tone="info" icon={liveIcon}>
          {trans.__('Live')}
        </Chip>
      );
    case 'open':
      return (
        <Chip tone="neutral" icon={clockIcon}>
          {trans.__('Ready')}
        </Chip>
      );
    case 'ended':
      return (
        <Chip tone="neutral" icon={endIcon}>
          {trans.__('Ended, to read only')}
        </Chip>
      );
    default:
      return null;
  }
}

function Elapsed({ model, trans }: { model: SessionModel; trans: TranslationBundle }): React.ReactElement | null {
  const { started_at: started, ended_at: ended } = model.session ?? { started_at: null, ended_at: null };
  const now = useClock(1000, started !== null && ended === null, model.serverNow);
  if (!started) {
    return null;
  }
  return (
    <span className="jp-cwm-Elapsed" title={trans.__('Time since the start')}>
      <Icon icon={clockIcon} />
      <strong>{elapsed(Date.parse(started), ended ? Date.parse(ended) : now)}</strong>
    </span>
  );
}
