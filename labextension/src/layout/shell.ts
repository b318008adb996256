/** The few places in JupyterLab's shell that it offers no call for; found by their ids, left alone where they are missing. */
import type { ILabShell } from '@jupyterlab/application';
import { BoxLayout, SplitPanel } from '@lumino/widgets';
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

/** Sets the widths (px) of the side panels; the editor takes the rest. */
export function setSideWidths(shell: ILabShell, left: number, right: number): void {
  const split = find(shell, 'jp-main-split-panel');
  if (split instanceof SplitPanel && split.node.clientWidth > left + right) {
    split.setRelativeSizes([left, split.node.clientWidth - left - right, right]);
  }
}
