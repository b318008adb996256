/** Commands that move the focus: to who waits, the chat, the editor, and around the regions of the page. */
import type { ILabShell, JupyterFrontEnd } from '@jupyterlab/application';
import type { ICommandPalette } from '@jupyterlab/apputils';
import type { IEditorTracker } from '@jupyterlab/fileeditor';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { ILayout } from '../tokens';

interface IKeyboardOptions {
  app: JupyterFrontEnd;
  shell: ILabShell;
  layout: ILayout;
  editors: IEditorTracker;
  palette: ICommandPalette | null;
  trans: TranslationBundle;
}

/** Regions in the order of the design. */
const REGIONS = [
  '.jp-cwm-Bar',
  '#codewithme-interview',
  '.jp-FileEditor .cm-content',
  '.jp-cwm-Output',
  '#codewithme-talk',
  '#jp-main-statusbar'
];
const FOCUSABLE = 'button:not(:disabled), [tabindex="0"], input, textarea, select, a[href], .cm-content';

export function addKeyboard({ app, layout, editors, palette, trans }: IKeyboardOptions): void {
  const commands: Record<string, { label: string; execute: () => void }> = {
    'codewithme:go-to-waiting': {
      label: trans.__('Go to who waits'),
      execute: () => {
        layout.reveal('left');
        focusSoon('.jp-cwm-Waiting .jp-cwm-Button.jp-mod-strong');
      }
    },
    'codewithme:go-to-chat': {
      label: trans.__('Go to the chat'),
      execute: () => {
        layout.reveal('right');
        focusSoon('.jp-cwm-Chat-writer textarea');
      }
    },
    'codewithme:go-to-editor': {
      label: trans.__('Go to the editor'),
      execute: () => editors.currentWidget?.content.editor.focus()
    },
    'codewithme:next-region': { label: trans.__('Next region'), execute: () => moveRegion(1) },
    'codewithme:previous-region': { label: trans.__('Previous region'), execute: () => moveRegion(-1) }
  };
  for (const [command, { label, execute }] of Object.entries(commands)) {
    app.commands.addCommand(command, { label, execute });
    palette?.addItem({ command, category: trans.__('Interview') });
  }
}

/** Waits for the panel's next paint: a folded panel shows its content only then. */
function focusSoon(selector: string): void {
  window.requestAnimationFrame(() => document.querySelector<HTMLElement>(selector)?.focus());
}

function moveRegion(step: 1 | -1): void {
  const visible = REGIONS.map(selector => document.querySelector<HTMLElement>(selector)).filter(
    region => region !== null && region.offsetParent !== null
  );
  const current = visible.findIndex(region => region?.contains(document.activeElement));
  const next = current < 0 ? 0 : (current + step + visible.length) % visible.length;
  const region = visible.at(next);
  const target = region?.matches(FOCUSABLE) ? region : region?.querySelector<HTMLElement>(FOCUSABLE);
  target?.focus();
}
