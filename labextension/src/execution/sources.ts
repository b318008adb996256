/** The program to run: every text file of the interview's folder, as it stands in the editors of this moment. */
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { Contents } from '@jupyterlab/services';

import { ApiError } from '../api/errors';

/** Files beyond these (characters, number) are data that no interview's program is made of. */
const LARGEST_FILE = 200_000;
const MOST_FILES = 100;
const DEEPEST = 4;

/** Path of `path` below `folder`. */
export function below(folder: string, path: string): string {
  return folder && path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
}

/**
 * Text of the files below `folder`, by their path in it. Open files are taken from their editors, because what was typed
 * a moment ago is not saved yet. Raises ApiError when the folder cannot be read.
 */
export async function gatherSources(documents: IDocumentManager, folder: string): Promise<Record<string, string>> {
  const paths = await textFiles(documents.services.contents, folder, DEEPEST);
  const texts = await Promise.all(paths.slice(0, MOST_FILES).map(path => textOf(documents, path)));
  const found: Record<string, string> = {};
  texts.forEach((text, index) => {
    if (text !== null && text.length <= LARGEST_FILE) {
      found[below(folder, paths[index])] = text;
    }
  });
  return found;
}

async function textFiles(contents: Contents.IManager, folder: string, depth: number): Promise<string[]> {
  let listing: Contents.IModel;
  try {
    listing = await contents.get(folder, { content: true });
  } catch {
    throw new ApiError({
      code: 'unreachable',
      message: 'The files of the interview cannot be read now. Run it again.'
    });
  }
  const items = listing.content as Contents.IModel[];
  const here = items.filter(item => item.type === 'file').map(item => item.path);
  const folders = depth > 0 ? items.filter(item => item.type === 'directory') : [];
  const inside = await Promise.all(folders.map(item => textFiles(contents, item.path, depth - 1)));
  return [...here, ...inside.flat()];
}

async function textOf(documents: IDocumentManager, path: string): Promise<string | null> {
  const open = documents.findWidget(path, null);
  const context = open && documents.contextForWidget(open);
  if (context?.isReady) {
    return context.model.toString();
  }
  try {
    const model = await documents.services.contents.get(path, { type: 'file', format: 'text', content: true });
    return typeof model.content === 'string' ? model.content : null;
  } catch {
    return null; // Not text, or deleted a moment ago: not part of the program.
  }
}
