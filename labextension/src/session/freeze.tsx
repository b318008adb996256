/** Freezing the editor: the button in the bar of those who hold the interview, and its commands. */
import type { ICommandPalette } from '@jupyterlab/apputils';
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import { useState } from 'react';

import { sentence } from '../api/errors';
import { Button, IconButton } from '../controls/button';
import { useFollow } from '../controls/follow';
import { clockIcon, freezeIcon } from '../controls/icons';
import type { SessionModel } from './model';

interface IFreezeProps {
  model: SessionModel;
  /** The key that does the same, as the keyboard of this computer writes it. */
  keys: string;
  trans: TranslationBundle;
}

export function FreezeControl({ model, keys, trans }: IFreezeProps): React.ReactElement {
  useFollow(model.sessionChanged);
  const [isBusy, setIsBusy] = useState(false);
  const { frozen } = model;
  const doing = (act: () => Promise<void>): void => {
    setIsBusy(true);
    void saying(act, trans).finally(() => setIsBusy(false));
  };
  return (
    <>
      {frozen?.reason !== 'time_up' && (
        <IconButton
          icon={clockIcon}
          label={trans.__('Time is up: everybody else only reads')}
          disabled={model.session === null || isBusy}
          onClick={() => doing(() => model.freeze('time_up'))}
        />
      )}
      <Button
        size="small"
        icon={freezeIcon}
        isBusy={isBusy}
        disabled={model.session === null}
        aria-pressed={frozen !== null}
        title={
          frozen ? trans.__('Everybody writes again (%1)', keys) : trans.__('Everybody else only reads (%1)', keys)
        }
        onClick={() => doing(() => toggle(model))}
      >
        {frozen ? trans.__('Unfreeze editor') : trans.__('Freeze editor')}
      </Button>
    </>
  );
}

export function addFreezeCommands(
  commands: CommandRegistry,
  palette: ICommandPalette | null,
  model: SessionModel,
  trans: TranslationBundle
): void {
  const isEnabled = (): boolean => model.session !== null && !model.hasEnded;
  commands.addCommand('codewithme:freeze', {
    label: () => (model.frozen ? trans.__('Unfreeze the editor') : trans.__('Freeze the editor')),
    isEnabled,
    execute: () => saying(() => toggle(model), trans)
  });
  commands.addCommand('codewithme:time-is-up', {
    label: trans.__('Time is up'),
    isEnabled: () => isEnabled() && model.frozen?.reason !== 'time_up',
    execute: () => saying(() => model.freeze('time_up'), trans)
  });
  for (const command of ['codewithme:freeze', 'codewithme:time-is-up']) {
    palette?.addItem({ command, category: trans.__('Interview') });
    model.sessionChanged.connect(() => commands.notifyCommandChanged(command));
  }
}

function toggle(model: SessionModel): Promise<void> {
  return model.frozen ? model.unfreeze() : model.freeze('frozen');
}

async function saying(act: () => Promise<void>, trans: TranslationBundle): Promise<void> {
  try {
    await act();
  } catch (error) {
    Notification.error(trans.__('Nothing was changed. %1', sentence(error)));
  }
}
