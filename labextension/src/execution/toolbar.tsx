/** Run and the choice of language, in the toolbar of every editor of the interview. */
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Button, Icon } from '../controls/button';
import { useFollow } from '../controls/follow';
import { codeIcon, playIcon, stopIcon } from '../controls/icons';
import type { ReadingReason, SessionModel } from '../session/model';
import { languageOf } from './languages';
import { hasNoEngine } from './outcome';

interface IRunProps {
  model: SessionModel;
  document: IDocumentWidget;
  /** Keys that do the same, as the keyboard of this computer writes them. */
  keys: { run: string; stop: string };
  trans: TranslationBundle;
  onRun: () => void;
  onStop: () => void;
  onLanguage: (id: string) => void;
}

function Run({ model, document, keys, trans, onRun, onStop, onLanguage }: IRunProps): React.ReactElement | null {
  const { execution, link } = model;
  useFollow(execution.changed, link.stateChanged, model.sessionChanged, document.context.pathChanged);
  const { readingReason } = model;
  if (readingReason === 'ended') {
    return <span className="jp-cwm-Run">{trans.__('The interview has ended. You can read and copy.')}</span>;
  }
  if (readingReason === 'watching') {
    return <span className="jp-cwm-Run">{trans.__('You watch. You can read and copy.')}</span>;
  }
  const { languages } = execution;
  const language = languageOf(document.context.path, languages, model.session?.language ?? '');
  const isFrozen = readingReason !== null;
  const isCutOff = link.state.kind === 'offline' || link.state.kind === 'reconnecting';
  const pause = isFrozen ? whyFrozen(readingReason, trans) : isCutOff ? trans.__('Run needs a connection') : null;
  const reason = pause ?? whyNot(language, hasNoEngine(languages), trans);
  return (
    <div className="jp-cwm-Run">
      {execution.isRunning && !isFrozen ? (
        <Button
          weight="danger"
          size="small"
          icon={stopIcon}
          title={trans.__('Stop the run (%1)', keys.stop)}
          onClick={onStop}
        >
          {trans.__('Stop')}
        </Button>
      ) : (
        <Button
          weight="primary"
          size="small"
          icon={playIcon}
          isBusy={execution.isStarting}
          disabled={pause !== null}
          title={reason ?? trans.__('Run (%1)', keys.run)}
          onClick={onRun}
        >
          {trans.__('Run')}
        </Button>
      )}
      <span className="jp-cwm-Run-divider" />
      <label className="jp-cwm-Run-language">
        <Icon icon={codeIcon} />
        <span className="jp-cwm-hidden">{trans.__('Language')}</span>
        <select value={language?.id ?? ''} disabled={isFrozen} onChange={event => onLanguage(event.target.value)}>
          {language === null && <option value="">{trans.__('No language')}</option>}
          {languages.map(({ id, name, version, available }) => (
            <option key={id} value={id} disabled={!available && id !== language?.id}>
              {available ? `${name} ${version}`.trim() : trans.__('%1 (cannot run here)', name)}
            </option>
          ))}
        </select>
      </label>
      {reason && <span className={pause ? 'jp-cwm-Run-pause' : 'jp-cwm-Run-reason'}>{reason}</span>}
    </div>
  );
}

function whyFrozen(reason: ReadingReason, trans: TranslationBundle): string {
  return reason === 'time_up' ? trans.__('Read only, time is up') : trans.__('Read only while frozen');
}

function whyNot(
  language: { name: string; available: boolean; reason: string | null } | null,
  isWithoutEngine: boolean,
  trans: TranslationBundle
): string | null {
  if (language === null || language.available) {
    return null;
  }
  return isWithoutEngine ? trans.__('Running is not set up here') : trans.__('%1 cannot run here', language.name);
}

/** The toolbar item for `options.document`. */
export class RunItem extends ReactWidget {
  constructor(private readonly _options: IRunProps) {
    super();
    this.addClass('jp-cwm-RunItem');
  }

  protected override render(): React.ReactElement {
    return <Run {...this._options} />;
  }
}
