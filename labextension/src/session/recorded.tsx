/** What is recorded in this interview, in the words that the candidate agreed to. */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Icon } from '../controls/button';
import { clockIcon, codeIcon, talkIcon } from '../controls/icons';

function Recorded({ trans }: { trans: TranslationBundle }): React.ReactElement {
  return (
    <div className="jp-cwm-Recorded">
      <ul>
        <li>
          <Icon icon={codeIcon} />
          {trans.__('Your code, every edit, and what you run')}
        </li>
        <li>
          <Icon icon={talkIcon} />
          {trans.__('Chat messages')}
        </li>
        <li>
          <Icon icon={clockIcon} />
          {trans.__('When you join and leave')}
        </li>
      </ul>
      <p>
        <strong>{trans.__('Not recorded:')}</strong> {trans.__('video, sound, your screen, other tabs')}
      </p>
    </div>
  );
}

export function showRecorded(trans: TranslationBundle): void {
  void showDialog({
    title: trans.__('What is recorded'),
    body: ReactWidget.create(<Recorded trans={trans} />),
    buttons: [Dialog.okButton({ label: trans.__('Close') })]
  });
}
