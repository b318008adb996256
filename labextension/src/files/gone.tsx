/** The line above an editor whose file somebody deleted. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import { useState } from 'react';

import { sentence } from '../api/errors';
import { Button, Icon, Problem } from '../controls/button';
import { binIcon } from '../controls/icons';

interface IGoneProps {
  who: string;
  /** Absent for those who may not change files. */
  onPutBack: (() => Promise<void>) | null;
  onClose: () => void;
  trans: TranslationBundle;
}

function Gone({ who, onPutBack, onClose, trans }: IGoneProps): React.ReactElement {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const putBack = (work: () => Promise<void>): void => {
    setBusy(true);
    setProblem(null);
    work().catch((error: unknown) => {
      setBusy(false);
      setProblem(sentence(error));
    });
  };
  return (
    <p role="alert">
      <Icon icon={binIcon} size={16} />
      <span>{trans.__('%1 deleted this file. What you see here is not saved any more.', who)}</span>
      {problem && <Problem>{problem}</Problem>}
      <span className="jp-cwm-Bar-space" />
      {onPutBack && (
        <Button size="small" isBusy={isBusy} onClick={() => putBack(onPutBack)}>
          {trans.__('Put it back')}
        </Button>
      )}
      <Button size="small" weight="quiet" onClick={onClose}>
        {trans.__('Close')}
      </Button>
    </p>
  );
}

export class GoneNotice extends ReactWidget {
  constructor(private readonly _options: IGoneProps) {
    super();
    this.addClass('jp-cwm-Banner');
    this.addClass('jp-cwm-Gone');
    this.node.dataset.tone = 'warn';
  }

  protected override render(): React.ReactElement {
    return <Gone {...this._options} />;
  }
}
