/** Lab's file browser, kept to the interview's folder, as a plain list of names. */
import { showErrorMessage } from '@jupyterlab/apputils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import { FileBrowser, FilterFileBrowserModel } from '@jupyterlab/filebrowser';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import { Menu } from '@lumino/widgets';

import { addIcon, folderIcon, uploadIcon } from '../controls/icons';
import { Tool } from '../controls/tool';
import { sentence } from '../api/errors';
import { askToDelete } from './ask';
import type { FilesModel } from './model';

/** What the live connection missed, such as while it was lost, appears within this time. */
const REFRESH_EVERY_MS = 60_000;

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
    this._tools = this._makeTools();
    this._menu = this._makeMenu();
    this._empty.className = 'jp-cwm-Files-empty';
    this.mainPanel.node.insertBefore(this._empty, this.listing.node);
    this._back = this._makeBack();
    this.mainPanel.node.insertBefore(this._back, this._empty);
    this.model.refreshed.connect(this._showState, this);
    this.model.pathChanged.connect(this._showState, this);
    options.model.changed.connect(this._refresh, this);
    this.showRights();
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._options.model.changed.disconnect(this._refresh, this);
      this._menu.dispose();
      super.dispose();
    }
  }

  /** Shows or hides what changes files, as the person's rights are now. */
  showRights(): void {
    const mayChange = this._options.mayChange();
    this._tools.forEach(tool => tool.setHidden(!mayChange));
    this.allowFileUploads = mayChange;
    this._showState();
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
    if (event.target instanceof HTMLInputElement || !this._options.mayChange()) {
      return;
    }
    const work = this._workOf(event);
    if (work) {
      event.preventDefault();
      event.stopPropagation();
      work();
    }
  }

  private _workOf({ key, ctrlKey, metaKey }: KeyboardEvent): (() => void) | null {
    const isAccelerated = ctrlKey || metaKey;
    if (isAccelerated && key === 'v') {
      return () => void this.paste();
    }
    if (this.selectedItems().next().done) {
      return null;
    }
    if (isAccelerated) {
      return key === 'x' ? () => this.cut() : key === 'c' ? () => this.copy() : null;
    }
    return key === 'F2' ? () => void this.rename() : key === 'Delete' ? () => void this.delete() : null;
  }

  private _onContextMenu(event: MouseEvent): void {
    if (event.shiftKey) {
      return; // As in the rest of Lab, Shift gives the browser's own menu.
    }
    event.preventDefault();
    event.stopPropagation();
    this._menu.open(event.clientX, event.clientY);
  }

  private _makeTools(): Tool[] {
    const tools = {
      new: new Tool({ icon: addIcon, label: this._words.__('New file'), onClick: () => void this._newFile() }),
      folder: new Tool({
        icon: folderIcon,
        label: this._words.__('New folder'),
        onClick: () => void this.createNewDirectory()
      }),
      upload: new Tool({ icon: uploadIcon, label: this._words.__('Upload files'), onClick: () => this._upload.click() })
    };
    Object.entries(tools).forEach(([name, tool]) => this.toolbar.addItem(name, tool));
    this._upload.type = 'file';
    this._upload.multiple = true;
    this._upload.addEventListener('change', () => void this._uploadChosen());
    return Object.values(tools);
  }

  private _makeMenu(): Menu {
    const commands = new CommandRegistry();
    const menu = new Menu({ commands });
    const hasSelection = (): boolean => !this.selectedItems().next().done;
    const mayChange = (): boolean => this._options.mayChange();
    const mayChangeSelection = (): boolean => mayChange() && hasSelection();
    const add = (label: string, isEnabled: () => boolean, execute: () => void): void => {
      commands.addCommand(label, { label, execute, isEnabled });
      menu.addItem({ command: label });
    };
    add(this._words.__('Open'), hasSelection, () => this._openSelected());
    add(this._words.__('Download'), hasSelection, () => void this.download());
    menu.addItem({ type: 'separator' });
    add(this._words.__('Rename'), mayChangeSelection, () => void this.rename());
    add(this._words.__('Duplicate'), mayChangeSelection, () => void this.duplicate());
    add(this._words.__('Cut'), mayChangeSelection, () => this.cut());
    add(this._words.__('Paste'), mayChange, () => void this.paste());
    add(this._words.__('Delete'), mayChangeSelection, () => void this.delete());
    menu.addItem({ type: 'separator' });
    add(this._words.__('New file'), mayChange, () => void this._newFile());
    add(this._words.__('New folder'), mayChange, () => void this.createNewDirectory());
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

  /** Asks as everything else here does, and deletes what is selected. */
  override async delete(): Promise<void> {
    const items = [...this.selectedItems()];
    if (items.length > 0 && (await askToDelete(items, this._words))) {
      await Promise.all(items.map(({ path }) => this._options.documents.deleteFile(path))).catch((error: unknown) =>
        showErrorMessage(this._words.__('It was not deleted'), sentence(error))
      );
    }
  }

  private async _uploadChosen(): Promise<void> {
    const files = [...(this._upload.files ?? [])];
    this._upload.value = '';
    try {
      for (const file of files) {
        await this.model.upload(file);
      }
    } catch (error) {
      await showErrorMessage(this._words.__('It was not uploaded'), sentence(error));
    }
  }

  /** The line above a folder's files that leads out of it. */
  private _makeBack(): HTMLButtonElement {
    const back = document.createElement('button');
    back.type = 'button';
    back.className = 'jp-cwm-Files-back';
    back.title = this._words.__('Back to the folder above');
    back.addEventListener('click', () => void this.goUp());
    return back;
  }

  private _refresh(): void {
    // A listing that fails now comes with the next change, or with the model's own refresh.
    void this.model.refresh().catch(() => undefined);
  }

  /** The number in the section's head, the way back out of a folder, and what to do where there is nothing. */
  private _showState(): void {
    const count = [...this.model.items()].length;
    const below = this.model.path.split(`${this._options.folder}/`)[1] ?? '';
    this.title.dataset = { count: String(count) };
    this._back.hidden = below === '';
    this._back.textContent = `‹ ${below}`;
    this._empty.hidden = count > 0;
    this._empty.textContent = this._options.mayChange()
      ? this._words.__('No files here. Make one with +, or drop files.')
      : this._words.__('No files here.');
  }

  private readonly _back: HTMLButtonElement;
  private readonly _empty = document.createElement('p');
  private readonly _upload = document.createElement('input');
  private readonly _menu: Menu;
  private readonly _options: Files.IOptions;
  private readonly _tools: readonly Tool[];
  private readonly _words: TranslationBundle;
}

export namespace Files {
  export interface IOptions {
    documents: IDocumentManager;
    model: FilesModel;
    /** Contents path of the interview's folder. */
    folder: string;
    /** Whether this person may change files now. */
    mayChange: () => boolean;
    translator: ITranslator;
  }
}
