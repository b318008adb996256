/** The problem statement: rendered markdown that everyone reads and the host may edit. */
import { MimeModel } from '@jupyterlab/rendermime';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, Toolbar, ToolbarButton } from '@jupyterlab/ui-components';
import { Panel, PanelLayout, Widget } from '@lumino/widgets';
import * as React from 'react';
import { useState } from 'react';

import { sentence } from '../api/errors';
import { Boundary } from '../controls/boundary';
import { Button, Problem as Trouble } from '../controls/button';
import { penIcon } from '../controls/icons';
import type { SessionModel } from '../session/model';
import { markdownOnly } from './sanitizer';

const MARKDOWN = 'text/markdown';

export class Problem extends Panel {
  constructor(options: Problem.IOptions) {
    super();
    this._options = options;
    const { model, trans } = options;
    this.addClass('jp-cwm-Problem-panel');
    this.title.label = trans.__('Problem');
    this.toolbar = new Toolbar();
    this._reader.addClass('jp-cwm-Problem-text');
    this._reader.node.tabIndex = 0;
    this._reader.node.setAttribute('role', 'document');
    this._reader.node.setAttribute('aria-label', trans.__('Problem'));
    // A Lumino layout rather than a bare node: without it the typesetter of formulas never runs.
    this._reader.layout = new PanelLayout();
    this.addWidget(this._reader);
    if (model.role === 'host') {
      this._pen = new ToolbarButton({
        icon: penIcon,
        tooltip: trans.__('Edit the problem'),
        onClick: () => this._edit()
      });
      this.toolbar.addItem('edit', this._pen);
    }
    model.sessionChanged.connect(this._onSession, this);
    this._onSession();
  }

  /** Shown in the section's head. */
  readonly toolbar: Toolbar;

  private _onSession(): void {
    const { model } = this._options;
    this._pen?.setHidden(model.hasEnded);
    const text = model.session?.problem_statement;
    if (text !== undefined && text !== this._shown) {
      this._shown = text;
      void this._render(text);
    }
  }

  private async _render(text: string): Promise<void> {
    const { rendermime, trans } = this._options;
    const layout = this._reader.layout as PanelLayout;
    let next: Widget;
    if (text.trim()) {
      const renderer = rendermime.clone({ sanitizer: markdownOnly(rendermime.sanitizer) }).createRenderer(MARKDOWN);
      await renderer.renderModel(new MimeModel({ data: { [MARKDOWN]: text }, trusted: false }));
      next = renderer;
    } else {
      next = new Widget();
      next.addClass('jp-cwm-Empty');
      next.node.textContent = trans.__('No problem is written down yet.');
    }
    if (this._shown === text) {
      [...layout.widgets].forEach(widget => widget.dispose());
      layout.addWidget(next);
    }
  }

  private _edit(): void {
    if (this._writer) {
      return;
    }
    const { model, trans } = this._options;
    const close = (): void => {
      this._writer?.dispose();
      this._writer = null;
      this._reader.show();
    };
    this._writer = ReactWidget.create(
      <Boundary name={trans.__('Problem')} trans={trans}>
        <Writer
          initial={model.session?.problem_statement ?? ''}
          save={text => model.update({ problem_statement: text })}
          close={close}
          trans={trans}
        />
      </Boundary>
    );
    this._reader.hide();
    this.addWidget(this._writer);
  }

  private _pen: ToolbarButton | null = null;
  private _shown: string | null = null;
  private _writer: ReactWidget | null = null;
  private readonly _options: Problem.IOptions;
  private readonly _reader = new Widget();
}

export namespace Problem {
  export interface IOptions {
    model: SessionModel;
    rendermime: IRenderMimeRegistry;
    trans: TranslationBundle;
  }
}

interface IWriterProps {
  initial: string;
  save: (text: string) => Promise<void>;
  close: () => void;
  trans: TranslationBundle;
}

function Writer({ initial, save, close, trans }: IWriterProps): React.ReactElement {
  const [text, setText] = useState(initial);
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);

  const onSave = (): void => {
    setBusy(true);
    save(text)
      .then(close)
      .catch((error: unknown) => {
        setBusy(false);
        setTrouble(sentence(error));
      });
  };

  return (
    <form
      className="jp-cwm-Problem-writer"
      onSubmit={event => {
        event.preventDefault();
        onSave();
      }}
    >
      <textarea
        className="jp-cwm-Input"
        aria-label={trans.__('Problem, in Markdown')}
        placeholder={trans.__('Write the problem in Markdown. Everyone in the interview reads it.')}
        autoFocus
        value={text}
        maxLength={100_000}
        onChange={event => setText(event.target.value)}
      />
      {trouble && <Trouble>{trouble}</Trouble>}
      <div className="jp-cwm-Problem-actions">
        <Button type="submit" weight="strong" size="small" isBusy={isBusy}>
          {trans.__('Save')}
        </Button>
        <Button size="small" weight="quiet" onClick={close}>
          {trans.__('Cancel')}
        </Button>
      </div>
    </form>
  );
}
