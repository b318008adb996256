/** Gives JupyterLab the connection to shared documents, in place of its own (see room.ts). */
import { IDocumentProviderFactory } from '@jupyter/docprovider';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';

import { ISession } from '../tokens';
import { Kept } from './kept';
import { Room } from './room';

const plugin: JupyterFrontEndPlugin<IDocumentProviderFactory> = {
  id: '@codewithme/labextension:documents',
  description: 'Connects the shared documents of an interview, and keeps edits that are made offline.',
  requires: [ISession],
  provides: IDocumentProviderFactory,
  activate: (_app: JupyterFrontEnd, session: ISession | null): IDocumentProviderFactory => ({
    create: options => {
      const isOfInterview = session !== null && options.path.startsWith(`${session.interview.folder}/`);
      const owner = { userId: session?.page.userId ?? '', sessionId: session?.interview.sessionId ?? '' };
      const keeps = isOfInterview && !session.model.hasEnded;
      const room = new Room({ ...options, keep: id => (keeps ? Kept.open(owner, id) : Promise.resolve(null)) });
      session?.documents.add(room);
      return room;
    }
  })
};

export default plugin;
