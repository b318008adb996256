/** An error in one panel stays in that panel. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Button } from './button';

interface IBoundaryProps {
  /** The panel's name as people know it, translated. */
  name: string;
  trans: TranslationBundle;
  children: React.ReactNode;
}

export class Boundary extends React.Component<IBoundaryProps, { hasFailed: boolean }> {
  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true };
  }

  override state = { hasFailed: false };

  override componentDidCatch(error: Error): void {
    console.error(`CodeWithMe: ${this.props.name} failed`, error);
  }

  override render(): React.ReactNode {
    const { name, trans, children } = this.props;
    if (!this.state.hasFailed) {
      return children;
    }
    return (
      <div className="jp-cwm-PanelError" role="alert">
        <p>{trans.__('%1 did not load. The rest of the interview goes on.', name)}</p>
        <Button onClick={() => this.setState({ hasFailed: false })}>{trans.__('Try again')}</Button>
      </div>
    );
  }
}

/** A Lumino widget around a React view that fails alone. */
export class Panel extends ReactWidget {
  constructor(options: Panel.IOptions) {
    super();
    this._options = options;
    this.addClass('jp-cwm-Panel');
    if (options.className) {
      this.addClass(options.className);
    }
    this.title.label = options.name;
  }

  protected override render(): React.ReactElement {
    const { name, trans, view } = this._options;
    return (
      <Boundary name={name} trans={trans}>
        {view}
      </Boundary>
    );
  }

  private readonly _options: Panel.IOptions;
}

export namespace Panel {
  export interface IOptions {
    name: string;
    trans: TranslationBundle;
    view: React.ReactElement;
    className?: string;
  }
}
