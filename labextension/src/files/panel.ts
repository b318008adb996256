/** Lab's file browser, kept to the interview's folder, as a plain list of names. */
import type { IDocumentManager } from '@jupyterlab/docmanager';
import { FileBrowser, FilterFileBrowserModel } from '@jupyterlab/filebrowser';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { ToolbarButton } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import { Menu } from '@lumino/widgets';

import { addIcon } from '../controls/icons';

/** Files that others make appear within this time. */
const REFRESH_EVERY_MS = 3_000;

export class Files extends FileBrowser {
  constructor(options: Files.IOptions) {
    const { documents, folder, translator } = options;
    super({
      id: 'codewithme-files',
      model: new FilterFileBrowserModel({
        manager: documents,
        root: folder,
        refreshInterval: REFRESH_EVERY_MS,
        translator
      }),
      translator
    });
    this._options = options;
    this._words = translator.load('codewithme');
    this.addClass('jp-cwm-Files');
    this.title.label = this._words.__('Files');
    // A saved column setting of the server's own file browser must not widen this list.
    this.showLastModifiedColumn = false;
    this.showFileSizeColumn = false;
    this.showFileCheckboxes = false;
    this.showFileFilter = false;
    this._add = new ToolbarButton({
      icon: addIcon,
      tooltip: this._words.__('New file'),
      onClick: () => void this._newFile()
    });
    this.toolbar.addItem('new', this._add);
    this._menu = this._makeMenu();
    this.model.refreshed.connect(this._countFiles, this);
    this.showRights();
  }

  override dispose(): void {
    this._menu.dispose();
    super.dispose();
  }

  /** Shows or hides what changes files, as the person's rights are now. */
  showRights(): void {
    const mayChange = this._options.mayChange();
    this._add.setHidden(!mayChange);
    this.allowFileUploads = mayChange;
  }

  /** Lab binds its file commands to its own browser only; here the same keys and menu work on this list. */
  handleEvent(event: Event): void {
    if (event instanceof KeyboardEvent) {
      this._onKey(event);
    } else if (event instanceof MouseEvent) {
      this._onContextMenu(event);
    }
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this.node.addEventListener('keydown', this);
    this.node.addEventListener('contextmenu', this);
  }

  protected override onBeforeDetach(msg: Message): void {
    this.node.removeEventListener('keydown', this);
    this.node.removeEventListener('contextmenu', this);
    super.onBeforeDetach(msg);
  }

  private _onKey(event: KeyboardEvent): void {
    const isInField = event.target instanceof HTMLInputElement;
    if (isInField || !this._options.mayChange() || this.selectedItems().next().done) {
      return;
    }
    if (event.key === 'F2') {
      event.preventDefault();
      void this.rename();
    } else if (event.key === 'Delete') {
      event.preventDefault();
      void this.delete();
    }
  }

  private _onContextMenu(event: MouseEvent): void {
    if (event.shiftKey) {
      return; // As in the rest of Lab, Shift gives the browser's own menu.
    }
    event.preventDefault();
    event.stopPropagation();
    if (this._options.mayChange()) {
      this._menu.open(event.clientX, event.clientY);
    }
  }

  private _makeMenu(): Menu {
    const commands = new CommandRegistry();
    const hasSelection = (): boolean => !this.selectedItems().next().done;
    const add = (command: string, label: string, execute: () => void, isEnabled = hasSelection): void => {
      commands.addCommand(command, { label, execute, isEnabled });
    };
    add('open', this._words.__('Open'), () => this._openSelected());
    add('rename', this._words.__('Rename'), () => void this.rename());
    add('delete', this._words.__('Delete'), () => void this.delete());
    add(
      'new',
      this._words.__('New file'),
      () => void this._newFile(),
      () => true
    );
    const menu = new Menu({ commands });
    ['open', 'rename', 'delete'].forEach(command => menu.addItem({ command }));
    menu.addItem({ type: 'separator' });
    menu.addItem({ command: 'new' });
    return menu;
  }

  private _openSelected(): void {
    for (const item of this.selectedItems()) {
      if (item.type !== 'directory') {
        this._options.documents.openOrReveal(item.path, 'Editor');
      }
    }
  }

  /** Makes a file with the ending of the first one, asks for its name in place, and opens it. */
  private async _newFile(): Promise<void> {
    const extensions = [...this.model.items()].map(item => /\.(\w+)$/.exec(item.name)?.[1]).filter(Boolean);
    await this.createNewFile({ ext: extensions.at(0) ?? 'txt' });
    this._openSelected(); // The answer above still has the name from before it was renamed.
  }

  private _countFiles(): void {
    this.title.dataset = { count: String([...this.model.items()].length) };
  }

  private readonly _add: ToolbarButton;
  private readonly _menu: Menu;
  private readonly _options: Files.IOptions;
  private readonly _words: TranslationBundle;
}

export namespace Files {
  export interface IOptions {
    documents: IDocumentManager;
    /** Contents path of the interview's folder. */
    folder: string;
    /** Whether this person may change files now. */
    mayChange: () => boolean;
    translator: ITranslator;
  }
}
