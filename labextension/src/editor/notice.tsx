/** The line above a document that can only be read for now: who froze it and what goes on all the same. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Icon } from '../controls/button';
import { clockIcon, lockIcon } from '../controls/icons';
import { clockTime } from '../controls/time';
import type { DocumentsModel } from '../documents/model';
import { mayFreeze } from '../page';
import type { SessionModel } from '../session/model';

/** One for each document, because it pushes the editor and never the side panels. */
export class FrozenNotice extends ReactWidget {
  constructor(
    private readonly _model: SessionModel,
    private readonly _documents: DocumentsModel,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-cwm-Banner');
    this.node.dataset.cwm = 'frozen';
    _model.sessionChanged.connect(this._onChanged, this);
    _documents.changed.connect(this._onChanged, this);
    this._onChanged();
  }

  override dispose(): void {
    this._model.sessionChanged.disconnect(this._onChanged, this);
    this._documents.changed.disconnect(this._onChanged, this);
    super.dispose();
  }

  protected override render(): React.ReactElement {
    const { frozen } = this._model;
    return (
      <p role="status">
        {frozen && <Icon icon={frozen.reason === 'time_up' ? clockIcon : lockIcon} size={16} />}
        <span>{frozen && this._words(frozen)}</span>
      </p>
    );
  }

  private _words(frozen: NonNullable<SessionModel['frozen']>): React.ReactNode {
    const { _model: model, _trans: trans } = this;
    const name = firstName(frozen.by_name);
    if (mayFreeze(model.role)) {
      const what = frozen.reason === 'time_up' ? trans.__('Time is up.') : trans.__('The editor is frozen.');
      return [<strong key="what">{what}</strong>, ' ', trans.__('You can write, the others read.')];
    }
    if (frozen.reason === 'time_up') {
      const what = <strong key="what">{trans.__('Time is up.')}</strong>;
      return model.role === 'candidate'
        ? [
            what,
            ' ',
            this._documents.refused > 0
              ? trans.__('Stay here: %1 ends the interview.', name)
              : trans.__('Your code is saved as it is now. Stay here: %1 ends the interview.', name)
          ]
        : [what, ' ', trans.__('The code is saved as it is now.')];
    }
    const what = trans.__('%1 froze the editor at %2.', name, clockTime(frozen.at));
    return model.role === 'candidate'
      ? [
          <strong key="what">{what}</strong>,
          ' ',
          // The line below tells of edits that are not.
          this._documents.refused > 0
            ? trans.__('You can read, talk and chat.')
            : trans.__('You can read, talk and chat. Your code is saved.')
        ]
      : [<strong key="what">{what}</strong>, ' ', trans.__('You can read, talk and chat.')];
  }

  private _onChanged(): void {
    const { frozen } = this._model;
    this.node.dataset.tone = frozen?.reason === 'time_up' ? 'warn' : 'info';
    this.setHidden(frozen === null);
    this.update();
  }
}

/** "Maya" of "Maya Lindqvist". */
function firstName(name: string): string {
  return name.split(' ', 1)[0] || name;
}
