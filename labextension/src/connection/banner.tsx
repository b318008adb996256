/** The line above the editor when the connection is lost, when it is back, and when edits are not where they should be. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Button, Icon, Spinner } from '../controls/button';
import { useCopy } from '../controls/copy';
import { useClock } from '../controls/follow';
import { checkIcon, copyIcon, offlineIcon, warnIcon } from '../controls/icons';
import type { DocumentsModel } from '../documents/model';
import type { ConnectionModel, ConnectionState } from './model';

/** A connection that is back within the first attempt is no news. */
const FIRST_ATTEMPT_TOLD = 2;

const TONES: Readonly<Record<ConnectionState['kind'], 'info' | 'ok' | 'warn' | null>> = {
  connecting: null,
  saved: null,
  saving: null,
  back: 'ok',
  reconnecting: 'info',
  offline: 'warn',
  unsaved: 'warn',
  refused: 'warn',
  aside: 'warn',
  replaced: 'warn'
};

/** One for each editor, because a banner pushes the editor and never the side panels. */
export class Banner extends ReactWidget {
  constructor(
    private readonly _connection: ConnectionModel,
    private readonly _documents: DocumentsModel,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-cwm-Banner');
    this.node.dataset.cwm = 'connection-banner';
    _connection.changed.connect(this._onChanged, this);
    this._onChanged();
  }

  override dispose(): void {
    this._connection.changed.disconnect(this._onChanged, this);
    super.dispose();
  }

  protected override render(): React.ReactElement {
    return <Content state={this._connection.state} documents={this._documents} trans={this._trans} />;
  }

  private _onChanged(): void {
    const { state } = this._connection;
    const tone = TONES[state.kind];
    this.node.dataset.tone = tone ?? 'info';
    this.setHidden(tone === null || !isTold(state, this.isVisible));
    this.update();
  }
}

function isTold(state: ConnectionState, isVisible: boolean): boolean {
  switch (state.kind) {
    case 'reconnecting':
      return state.attempt >= FIRST_ATTEMPT_TOLD;
    case 'back':
      // It answers a banner; it does not come out of the blue.
      return isVisible || (state.isNews && state.edits > 0);
    default:
      return true;
  }
}

interface IContentProps {
  state: ConnectionState;
  documents: DocumentsModel;
  trans: TranslationBundle;
}

function Content({ state, documents, trans }: IContentProps): React.ReactElement | null {
  const now = useClock(1000, state.kind === 'reconnecting');
  switch (state.kind) {
    case 'offline':
      return (
        <p role="alert">
          <Icon icon={offlineIcon} size={16} />
          <span>
            <strong>{trans.__('You are offline.')}</strong>{' '}
            {state.isKept
              ? trans.__('Keep writing. Your edits are kept in this browser and are sent when you are back.')
              : trans.__(
                  'Keep writing and keep this page open. Your edits are sent when you are back. Reloading would lose them.'
                )}
          </span>
        </p>
      );
    case 'reconnecting':
      return (
        <p role="status">
          <Spinner />
          <span>
            <strong>{trans.__('Reconnecting.')}</strong> {trans.__('You can keep writing.')}
          </span>
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
    case 'unsaved':
      return (
        <p role="alert">
          <Icon icon={warnIcon} size={16} />
          <span>
            <strong>{trans.__('What you write is not being saved yet.')}</strong> {state.reason}{' '}
            {trans.__('Keep this page open.')}
          </span>
        </p>
      );
    case 'refused':
      return (
        <p role="alert">
          <Icon icon={warnIcon} size={16} />
          <span>
            {trans._n(
              '%1 edit of yours was not sent: you cannot write now. It is kept in this browser and is sent when you can again.',
              '%1 edits of yours were not sent: you cannot write now. They are kept in this browser and are sent when you can again.',
              state.edits
            )}
          </span>
          <CopyText text={() => documents.unsentText} trans={trans} />
        </p>
      );
    case 'aside':
      return (
        <p role="alert">
          <Icon icon={warnIcon} size={16} />
          <span>
            {trans._n(
              '%1 edit made while offline could not be sent: the document was replaced meanwhile.',
              '%1 edits made while offline could not be sent: the document was replaced meanwhile.',
              state.edits
            )}
          </span>
          <CopyText text={() => documents.aside?.text ?? ''} trans={trans} />
          <Button size="small" weight="quiet" onClick={() => documents.dismissAside()}>
            {trans.__('Forget it')}
          </Button>
        </p>
      );
    case 'replaced':
      return (
        <p role="alert">
          <Icon icon={warnIcon} size={16} />
          <span>
            {trans.__(
              'The document was replaced on the server. What you wrote is kept in this browser; reload to go on.'
            )}
          </span>
          <Button size="small" onClick={() => window.location.reload()}>
            {trans.__('Reload')}
          </Button>
        </p>
      );
    default:
      return null;
  }
}

function CopyText({ text, trans }: { text: () => string; trans: TranslationBundle }): React.ReactElement {
  const { state, copy } = useCopy(() => Promise.resolve(text()));
  return (
    <Button size="small" icon={state === 'copied' ? checkIcon : copyIcon} onClick={copy}>
      {state === 'copied' ? trans.__('Copied') : trans.__('Copy my version')}
    </Button>
  );
}

function attempt(state: { attempt: number; nextAt: number | null }, now: number, trans: TranslationBundle): string {
  const wait = state.nextAt === null ? 0 : Math.max(0, Math.ceil((state.nextAt - now) / 1000));
  return wait > 0 ? trans.__('Attempt %1, next in %2 s.', state.attempt, wait) : trans.__('Attempt %1.', state.attempt);
}
