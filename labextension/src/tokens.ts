/** What our plugins offer each other. */
import { Token } from '@lumino/coreutils';
import type { Widget } from '@lumino/widgets';

import type { DocumentsModel } from './documents/model';
import type { IInterview, IPage } from './page';
import type { SessionModel } from './session/model';

/** The interview of this page. */
export interface ISession {
  readonly page: IPage;
  readonly interview: IInterview;
  readonly model: SessionModel;
  readonly documents: DocumentsModel;
}

/** Null on pages that show no interview; plugins that need one then do nothing. */
export const ISession = new Token<ISession | null>(
  '@codewithme/labextension:ISession',
  'The interview that this page shows, or null.'
);

/** Where an interview's parts stand. Everything is added while plugins activate; the layout is built once, after restore. */
export interface ILayout {
  /** Adds a section to the left panel "Interview" or the right panel "Talk". */
  addSection(side: 'left' | 'right', widget: Widget, options: ILayout.ISection): void;
  /** The widget below the editors. */
  setBelow(widget: Widget): void;
  /** The number on the panel's tab in the rail; 0 takes it away. */
  setCount(side: 'left' | 'right', count: number): void;
  /** Opens the panel on `side` if it is closed. */
  reveal(side: 'left' | 'right'): void;
  /** Whether the panel on `side` can be seen. */
  isOpen(side: 'left' | 'right'): boolean;
}

export namespace ILayout {
  export interface ISection {
    /** Smaller stands higher. */
    rank: number;
    /** Share of the panel's height. */
    share: number;
    /** Folded at first. */
    isFolded?: boolean;
    /** Folded where the window is lower than 800 px. */
    isFoldedWhenLow?: boolean;
  }
}

export const ILayout = new Token<ILayout | null>(
  '@codewithme/labextension:ILayout',
  'Places the parts of an interview around the editor, or null on pages that show none.'
);
