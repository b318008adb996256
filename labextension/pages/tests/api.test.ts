import { beforeEach, describe, expect, it, vi } from 'vitest';

import { Api, CallError } from '../src/api';

type Call = [url: string, init: RequestInit];

const fetched = vi.fn<(...call: Call) => Promise<Response>>();
const api = new Api('/base/');

function success(data: unknown): Response {
  return Response.json({ status: 'success', data });
}

function failure(status: number, code: string, headers: Record<string, string> = {}): Response {
  return Response.json({ status: 'error', code, message: 'A sentence.' }, { status, headers });
}

function paths(): string[] {
  return fetched.mock.calls.map(([url]) => url);
}

beforeEach(() => {
  fetched.mockReset();
  vi.stubGlobal('fetch', fetched);
  document.cookie = '_xsrf=secret';
});

describe('a call', () => {
  it('carries the XSRF token and JSON', async () => {
    fetched.mockResolvedValueOnce(success({ token: 't' }));
    await expect(api.token()).resolves.toBe('t');
    const [url, init] = fetched.mock.calls[0];
    expect(url).toBe('/base/api/v1/auth/token');
    expect(init.headers).toMatchObject({ 'X-XSRFToken': 'secret', 'Content-Type': 'application/json' });
  });

  it('renews the log-in once when it has run out, and goes on', async () => {
    fetched
      .mockResolvedValueOnce(failure(401, 'not_authenticated'))
      .mockResolvedValueOnce(failure(401, 'not_authenticated'))
      .mockResolvedValueOnce(success({ token: 'new' }))
      .mockResolvedValueOnce(success({ id: 's', state: 'waiting' }));
    await expect(api.door('s')).resolves.toMatchObject({ state: 'waiting' });
    expect(paths()[2]).toBe('/base/api/v1/auth/refresh');
  });

  it('does not spend the refresh token when another tab has renewed the log-in', async () => {
    fetched.mockResolvedValueOnce(failure(401, 'not_authenticated')).mockResolvedValueOnce(success({ id: 's' }));
    await api.door('s');
    expect(paths().join()).not.toContain('refresh');
  });

  it('gives up when there is nothing to renew', async () => {
    fetched.mockImplementation(() => Promise.resolve(failure(401, 'not_authenticated')));
    await expect(api.door('s')).rejects.toMatchObject({ code: 'not_authenticated' });
    expect(fetched).toHaveBeenCalledTimes(3);
  });

  it('says how long to wait after too many tries', async () => {
    fetched.mockResolvedValueOnce(failure(429, 'rate_limited', { 'Retry-After': '40' }));
    await expect(api.login('a@b.example', 'x')).rejects.toMatchObject({ code: 'rate_limited', retryAfterS: 40 });
  });

  it.each([
    ['the network fails', () => Promise.reject(new TypeError('Failed to fetch'))],
    ['a proxy answers with a page', () => Promise.resolve(new Response('<h1>Bad gateway</h1>', { status: 502 }))]
  ])('finds the server unreachable when %s', async (_what, answer) => {
    fetched.mockImplementationOnce(answer);
    await expect(api.door('s')).rejects.toEqual(new CallError('unreachable', 'We cannot reach the server.'));
  });

  it('sends the password only where one was given', async () => {
    fetched.mockImplementation(() => Promise.resolve(success({ session: { state: 'waiting' } })));
    await api.join('s', null);
    await api.accept({ sessionId: 's', code: 'c', name: 'Priya', password: 'p' });
    expect(fetched.mock.calls.map(([, init]) => JSON.parse(init.body as string) as unknown)).toEqual([
      { id: 's' },
      { session_id: 's', code: 'c', name: 'Priya', consent: true, password: 'p' }
    ]);
  });
});
