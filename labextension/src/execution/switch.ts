/** Another language: opens the file that a program in it starts with, and makes it where it is missing. */
import type { IDocumentManager } from '@jupyterlab/docmanager';

import type { Language } from '../api/shapes';

export async function openLanguageFile(
  documents: IDocumentManager,
  folder: string,
  languages: readonly Language[],
  id: string
): Promise<void> {
  const fileName = languages.find(language => language.id === id)?.fileName;
  if (!fileName) {
    return;
  }
  const path = `${folder}/${fileName}`;
  const { contents } = documents.services;
  try {
    await contents.get(path, { content: false });
  } catch {
    await contents.save(path, { type: 'file', format: 'text', content: '' });
  }
  documents.openOrReveal(path, 'Editor');
}
