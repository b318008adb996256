/** A button with an icon, as a widget for the head of a section or the toolbar of a document. */
import { ReactWidget } from '@jupyterlab/ui-components';
import type { LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { IconButton } from './button';

export class Tool extends ReactWidget {
  constructor(private readonly _options: Tool.IOptions) {
    super();
    this.addClass('jp-cwm-Tool');
  }

  protected override render(): React.ReactElement {
    return <IconButton {...this._options} />;
  }
}

export namespace Tool {
  export interface IOptions {
    icon: LabIcon;
    /** Name for people who do not see the icon; also the tooltip. */
    label: string;
    /** The keys that do the same. */
    keys?: string;
    onClick: () => void;
  }
}
