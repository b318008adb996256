/** The few places in JupyterLab's shell that it offers no call for; found by their ids, left alone where they are missing. */
import type { ILabShell } from '@jupyterlab/application';
import { AccordionLayout, BoxLayout, DockPanel, SplitPanel } from '@lumino/widgets';
import type { Widget } from '@lumino/widgets';

function find(root: Widget, id: string): Widget | null {
  for (const child of root.children()) {
    const found = child.id === id ? child : find(child, id);
    if (found) {
      return found;
    }
  }
  return null;
}

/** Puts `bar` across the whole width, below the menu bar. */
export function insertBar(shell: ILabShell, bar: Widget): void {
  const { layout } = shell;
  const top = find(shell, 'jp-top-panel');
  const index = layout instanceof BoxLayout && top ? layout.widgets.indexOf(top) : -1;
  if (layout instanceof BoxLayout && index >= 0) {
    BoxLayout.setStretch(bar, 0);
    layout.insertWidget(index + 1, bar);
  } else {
    shell.add(bar, 'header');
  }
}

/** Takes away what is not the interview: menu bar and rails. It hides, it does not protect; the server does. */
export function hideRestOfLab(shell: ILabShell): void {
  find(shell, 'jp-top-panel')?.hide();
  for (const side of ['left', 'right'] as const) {
    if (shell.isSideTabBarVisible(side)) {
      shell.toggleSideTabBarVisibility(side);
    }
  }
}

/** Titles of the side panels' sections as high as the design has them; JupyterLab reserves more by default. */
export function setTitleHeight(panel: Widget, height: number): void {
  for (const child of panel.children()) {
    if (child.layout instanceof AccordionLayout) {
      child.layout.titleSpace = height;
    }
  }
}

/** Regions side by side with a line between them, rather than tiles on a grey ground. */
export function joinRegions(shell: ILabShell): void {
  document.body.classList.add('jp-cwm-mod-joined');
  const dock = find(shell, 'jp-main-dock-panel');
  if (dock instanceof DockPanel) {
    dock.spacing = 1;
  }
}

/** Takes away the row of tabs above `widget`, which has a row of its own. */
export function hideTabs(dock: DockPanel, widget: Widget): void {
  for (const bar of dock.tabBars()) {
    bar.toggleClass('jp-cwm-mod-without', bar.titles.includes(widget.title));
  }
}

/** Sets the widths (px) of the side panels; the editor takes the rest. */
export function setSideWidths(shell: ILabShell, left: number, right: number): void {
  const split = find(shell, 'jp-main-split-panel');
  if (split instanceof SplitPanel && split.node.clientWidth > left + right) {
    split.setRelativeSizes([left, split.node.clientWidth - left - right, right]);
  }
}
