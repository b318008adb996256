/** The line above the editor when the connection is lost, and for a moment when it is back. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Icon, Spinner } from '../controls/button';
import { useClock } from '../controls/follow';
import { checkIcon, offlineIcon } from '../controls/icons';
import type { ConnectionModel, ConnectionState } from './model';

/** A connection that is back within the first attempt is no news. */
const FIRST_ATTEMPT_TOLD = 2;

function isTold(state: ConnectionState): boolean {
  return state.kind === 'offline' || (state.kind === 'reconnecting' && state.attempt >= FIRST_ATTEMPT_TOLD);
}

/** One for each editor, because a banner pushes the editor and never the side panels. */
export class Banner extends ReactWidget {
  constructor(
    private readonly _connection: ConnectionModel,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-cwm-Banner');
    _connection.changed.connect(this._onChanged, this);
    this._onChanged();
  }

  override dispose(): void {
    this._connection.changed.disconnect(this._onChanged, this);
    super.dispose();
  }

  protected override render(): React.ReactElement {
    return <Content state={this._connection.state} trans={this._trans} />;
  }

  private _onChanged(): void {
    const { state } = this._connection;
    // "Back online" answers a banner; it does not come out of the blue.
    const isShown = isTold(state) || (state.kind === 'back' && this.isVisible);
    this.node.dataset.tone = state.kind === 'offline' ? 'warn' : state.kind === 'back' ? 'ok' : 'info';
    this.setHidden(!isShown);
    this.update();
  }
}

function Content({ state, trans }: { state: ConnectionState; trans: TranslationBundle }): React.ReactElement | null {
  const now = useClock(1000, state.kind === 'reconnecting');
  switch (state.kind) {
    case 'offline':
      return (
        <p role="alert">
          <Icon icon={offlineIcon} size={16} />
          {trans.__(
            'You are offline. Keep writing and keep this page open. Your edits are sent when you are back. Reloading would lose them.'
          )}
        </p>
      );
    case 'reconnecting':
      return (
        <p role="status">
          <Spinner />
          <span>{trans.__('Reconnecting. You can keep writing.')}</span>
          {/* Counts down each second: for the eye only. */}
          <span aria-hidden="true" className="jp-cwm-num">
            {attempt(state, now, trans)}
          </span>
        </p>
      );
    case 'back':
      return (
        <p role="status">
          <Icon icon={checkIcon} size={16} />
          {state.edits > 0
            ? trans._n('Back online. %1 edit was sent.', 'Back online. %1 edits were sent.', state.edits)
            : trans.__('Back online.')}
        </p>
      );
    default:
      return null;
  }
}

function attempt(state: { attempt: number; nextAt: number | null }, now: number, trans: TranslationBundle): string {
  const wait = state.nextAt === null ? 0 : Math.max(0, Math.ceil((state.nextAt - now) / 1000));
  return wait > 0 ? trans.__('Attempt %1, next in %2 s.', state.attempt, wait) : trans.__('Attempt %1.', state.attempt);
}
