/** Opens the file that an interview starts with. */
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { Contents } from '@jupyterlab/services';
import type { Widget } from '@lumino/widgets';

import type { SessionModel } from '../session/model';

const WAIT_FOR_SESSION_MS = 3_000;

/** The file of the interview's language if it is there, else the first one; null in an empty folder. */
export function firstFile(names: readonly string[], preferred: string | undefined): string | null {
  return names.find(name => name === preferred) ?? [...names].sort((a, b) => a.localeCompare(b)).at(0) ?? null;
}

export async function openFirstFile(
  documents: IDocumentManager,
  folder: string,
  model: SessionModel
): Promise<Widget | null> {
  try {
    await sessionKnown(model);
    const listing = await documents.services.contents.get(folder, { content: true });
    const names = (listing.content as Contents.IModel[]).filter(item => item.type === 'file').map(item => item.name);
    const language = model.execution.languages.find(({ id }) => id === model.session?.language);
    const name = firstFile(names, language?.fileName);
    // Without the factory's name .html and .json would open in viewers.
    return name === null ? null : (documents.openOrReveal(`${folder}/${name}`, 'Editor') ?? null);
  } catch (error) {
    console.error('CodeWithMe: the first file could not be opened', error);
    return null; // The file list stays, and says by itself what is wrong.
  }
}

/** Resolves when the session is known, or after a while without it: a slow connection must not keep the editor away. */
function sessionKnown(model: SessionModel): Promise<void> {
  return new Promise(resolve => {
    if (model.session) {
      resolve();
      return;
    }
    const done = (): void => {
      model.sessionChanged.disconnect(done);
      window.clearTimeout(timer);
      resolve();
    };
    const timer = window.setTimeout(done, WAIT_FOR_SESSION_MS);
    model.sessionChanged.connect(done);
  });
}
