/** Builds an interview's layout: side panels, editor, output below it. */
import type { ILabShell } from '@jupyterlab/application';
import { SidePanel } from '@jupyterlab/ui-components';
import type { ITranslator } from '@jupyterlab/translation';
import { AccordionPanel, DockPanel } from '@lumino/widgets';
import type { DockLayout, Widget } from '@lumino/widgets';

import { interviewsIcon, talkIcon } from '../controls/icons';
import type { ILayout } from '../tokens';
import { hideRestOfLab, hideTabs, joinRegions, setSideWidths, setTitleHeight } from './shell';

type Side = 'left' | 'right';

/** Widths in px of the left panel and the right panel, and the height of the output, as the design has them. */
interface ISizes {
  left: number;
  right: number;
  below: number;
}

const LOW_WINDOW = 800;
const TITLE_HEIGHT = 28;
const NARROW_WINDOW = 1300;

function sizes(isHost: boolean): ISizes {
  return window.innerWidth < NARROW_WINDOW
    ? { left: isHost ? 240 : 280, right: 256, below: 190 }
    : { left: isHost ? 272 : 320, right: 300, below: 230 };
}

export class InterviewLayout implements ILayout {
  constructor(options: InterviewLayout.IOptions) {
    this._options = options;
    this._panels = {
      left: this._makePanel('codewithme-interview', options.labels.left),
      right: this._makePanel('codewithme-talk', options.labels.right)
    };
    this._panels.left.title.icon = interviewsIcon;
    this._panels.right.title.icon = talkIcon;
  }

  addSection(side: Side, widget: Widget, options: ILayout.ISection): void {
    this._sections[side].push({ widget, ...options });
  }

  setBelow(widget: Widget): void {
    this._below = widget;
  }

  setCount(side: Side, count: number): void {
    this._panels[side].title.dataset = count > 0 ? { count: String(count) } : {};
  }

  reveal(side: Side): void {
    this._options.shell.activateById(this._panels[side].id);
  }

  isOpen(side: Side): boolean {
    return this._panels[side].isVisible;
  }

  /** Places everything. Called once, when JupyterLab has restored what it had; `open` opens the first file. */
  async build(open: () => Promise<Widget | null>): Promise<void> {
    const { shell, isHost } = this._options;
    const { left, right } = sizes(isHost);
    joinRegions(shell);
    if (!isHost) {
      document.body.classList.add('jp-cwm-mod-plain');
      hideRestOfLab(shell);
    }
    for (const side of ['left', 'right'] as const) {
      this._fill(side);
      shell.add(this._panels[side], side, { rank: 1 });
      shell.activateById(this._panels[side].id);
    }
    setSideWidths(shell, left, right);
    const editor = await open();
    this._placeOutput(editor);
    // The first layout pass of the side panels may come after the widths were set.
    window.requestAnimationFrame(() => {
      setSideWidths(shell, left, right);
      (['left', 'right'] as const).forEach(side => this._share(side));
    });
    if (editor) {
      shell.activateById(editor.id);
    }
  }

  private _makePanel(id: string, label: string): SidePanel {
    const panel = new SidePanel({ translator: this._options.translator });
    panel.id = id;
    panel.title.caption = label;
    panel.node.setAttribute('role', 'region');
    panel.node.setAttribute('aria-label', label);
    panel.addClass('jp-cwm-SidePanel');
    return panel;
  }

  private _fill(side: Side): void {
    const sections = this._sections[side].sort((a, b) => a.rank - b.rank);
    sections.forEach(({ widget }) => this._panels[side].addWidget(widget));
    setTitleHeight(this._panels[side], TITLE_HEIGHT);
  }

  private _share(side: Side): void {
    const { content } = this._panels[side];
    if (!(content instanceof AccordionPanel)) {
      return;
    }
    const sections = this._sections[side];
    sections.forEach(({ isFolded, isFoldedWhenLow }, index) => {
      if (isFolded || (isFoldedWhenLow && window.innerHeight < LOW_WINDOW)) {
        content.collapse(index);
      }
    });
    content.setRelativeSizes(sections.map(({ share, isFolded }) => (isFolded ? 0 : share)));
  }

  /** Editors above, output below, whatever layout the workspace had: a known place is worth more than a remembered one. */
  private _placeOutput(editor: Widget | null): void {
    const { shell, isHost } = this._options;
    if (!this._below) {
      return;
    }
    const launchers = [...shell.widgets('main')].filter(widget => widget.id.startsWith('launcher'));
    shell.add(this._below, 'main', { mode: 'split-bottom', activate: false, ...(editor ? { ref: editor.id } : {}) });
    launchers.forEach(launcher => launcher.dispose());
    const dock = this._below.parent;
    if (!(dock instanceof DockPanel) || !editor) {
      return;
    }
    const below = this._below;
    const editors = [...dock.widgets()].filter(widget => widget !== below);
    const height = Math.max(dock.node.clientHeight, 1);
    const share = Math.min(0.5, sizes(isHost).below / height);
    const tabs: DockLayout.ITabAreaConfig = {
      type: 'tab-area',
      widgets: editors,
      currentIndex: Math.max(0, editors.indexOf(editor))
    };
    dock.restoreLayout({
      main: {
        type: 'split-area',
        orientation: 'vertical',
        sizes: [1 - share, share],
        children: [tabs, { type: 'tab-area', widgets: [below], currentIndex: 0 }]
      }
    });
    hideTabs(dock, below);
  }

  private _below: Widget | null = null;
  private readonly _options: InterviewLayout.IOptions;
  private readonly _panels: Record<Side, SidePanel>;
  private readonly _sections: Record<Side, ({ widget: Widget } & ILayout.ISection)[]> = { left: [], right: [] };
}

export namespace InterviewLayout {
  export interface IOptions {
    shell: ILabShell;
    isHost: boolean;
    translator: ITranslator;
    /** Names of the panels, translated. */
    labels: Record<Side, string>;
  }
}
