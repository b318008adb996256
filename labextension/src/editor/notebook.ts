/** Notebooks that can only be read. */
import type { NotebookPanel } from '@jupyterlab/notebook';

/** Makes the cells of `panel`, present and later ones, read-only or not. */
export function setReadOnly(panel: NotebookPanel, isReadOnly: boolean): void {
  const { content } = panel;
  const { code, markdown, raw } = content.editorConfig;
  content.editorConfig = {
    code: { ...code, readOnly: isReadOnly },
    markdown: { ...markdown, readOnly: isReadOnly },
    raw: { ...raw, readOnly: isReadOnly }
  };
}
