/** Makes the clients that the models speak through. */
import type { ServerConnection } from '@jupyterlab/services';

import { Login } from '../account/login';
import { ApiClient } from '../api/client';
import { Link } from '../api/socket';
import type { ILink } from '../api/socket';
import type { IPage } from '../page';

export interface IConnection {
  api: ApiClient;
  link: ILink;
  /** Scheme, host and port of the server. */
  origin: string;
}

/** Clients for this page; the log-in is kept alive as long as the page lives. */
export function connect(page: IPage, serverSettings: ServerConnection.ISettings): IConnection {
  const api = new ApiClient({ serverSettings });
  const login = new Login({ api });
  login.start();
  const { origin } = new URL(serverSettings.baseUrl, window.location.href);
  return { api, origin, link: new Link({ origin, baseUrl: page.baseUrl, token: () => login.token() }) };
}
