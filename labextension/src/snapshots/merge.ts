/** Two texts and what is different between them, in one column or side by side, in Lab's colours. */
import { MergeView, unifiedMergeView } from '@codemirror/merge';
import { EditorState } from '@codemirror/state';
import type { Extension } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { jupyterTheme } from '@jupyterlab/codemirror';
import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';

import { DIFF_LIMITS } from './changes';

export type Columns = 'one' | 'two';

/** Unchanged lines shown around a change. */
const CONTEXT = { margin: 3, minSize: 6 };

interface IMergeOptions {
  parent: HTMLElement;
  columns: Columns;
  before: string;
  now: string;
  /** The file's name, which decides about its colours. */
  path: string;
  languages: IEditorLanguageRegistry;
  /** What the texts are, for people who do not see them side by side. */
  labels: { before: string; now: string };
}

/** A comparison on the page. */
export class Merge {
  constructor(options: IMergeOptions) {
    this._now = options.now;
    void colours(options.languages, options.path).then(language => {
      if (!this._isGone) {
        const open = options.columns === 'one' ? inOneColumn : sideBySide;
        this._shown = open({ ...options, now: this._now }, language);
      }
    });
  }

  /** Shows another present text, where it stands. */
  show(now: string): void {
    this._now = now;
    if (this._shown) {
      const { view } = this._shown;
      const changes = difference(view.state.doc.toString(), now);
      if (changes) {
        view.dispatch({ changes });
      }
    }
  }

  destroy(): void {
    this._isGone = true;
    this._shown?.destroy();
  }

  private _isGone = false;
  private _now: string;
  private _shown: IShown | null = null;
}

interface IShown {
  /** The editor of the present text. */
  view: EditorView;
  destroy: () => void;
}

function inOneColumn(options: IMergeOptions, language: Extension): IShown {
  const { parent, before, now, labels } = options;
  const view = new EditorView({
    parent,
    doc: now,
    extensions: [
      reading(labels.now),
      language,
      unifiedMergeView({
        original: before,
        mergeControls: false,
        collapseUnchanged: CONTEXT,
        diffConfig: DIFF_LIMITS
      })
    ]
  });
  return { view, destroy: () => view.destroy() };
}

function sideBySide(options: IMergeOptions, language: Extension): IShown {
  const { parent, before, now, labels } = options;
  const both = new MergeView({
    parent,
    a: { doc: before, extensions: [reading(labels.before), language] },
    b: { doc: now, extensions: [reading(labels.now), language] },
    collapseUnchanged: CONTEXT,
    diffConfig: DIFF_LIMITS
  });
  return { view: both.b, destroy: () => both.destroy() };
}

/** The one stretch that is different, so that the rest stays where it is on the screen; null for equal texts. */
function difference(from: string, to: string): { from: number; to: number; insert: string } | null {
  if (from === to) {
    return null;
  }
  const shorter = Math.min(from.length, to.length);
  let start = 0;
  while (start < shorter && from[start] === to[start]) {
    start += 1;
  }
  let end = 0;
  while (end < shorter - start && from[from.length - 1 - end] === to[to.length - 1 - end]) {
    end += 1;
  }
  return { from: start, to: from.length - end, insert: to.slice(start, to.length - end) };
}

function reading(label: string): Extension {
  return [
    jupyterTheme,
    lineNumbers(),
    EditorState.readOnly.of(true),
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
    EditorView.editable.of(false)
  ];
}

async function colours(languages: IEditorLanguageRegistry, path: string): Promise<Extension> {
  const found = languages.findByFileName(path.slice(path.lastIndexOf('/') + 1));
  try {
    return (found && (await languages.getLanguage(found.name))?.support) ?? [];
  } catch {
    return []; // Without colours the text is still right.
  }
}
