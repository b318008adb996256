import { beforeEach, describe, expect, it, vi } from 'vitest';

import { CallError } from '../src/api';
import { isBrowserRemembered, rememberBrowser, renew } from '../src/renewal';

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  vi.useRealTimers();
});

describe('a log-in that has run out', () => {
  it('is renewed once, and then not again for a while', async () => {
    vi.useFakeTimers();
    const api = { refresh: vi.fn(() => Promise.resolve(true)) };
    await expect(renew(api)).resolves.toBe(true);
    await expect(renew(api)).resolves.toBe(false);
    expect(api.refresh).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(16_000);
    await expect(renew(api)).resolves.toBe(true);
  });

  it('may be tried again at once when there was nothing to renew', async () => {
    const api = { refresh: vi.fn(() => Promise.resolve(false)) };
    await renew(api);
    await renew(api);
    expect(api.refresh).toHaveBeenCalledTimes(2);
  });

  it('is not renewed while the server is out of reach', async () => {
    const api = { refresh: () => Promise.reject(new CallError('unreachable', 'x')) };
    await expect(renew(api)).resolves.toBe(false);
  });

  it('is only looked for where there was one', () => {
    expect(isBrowserRemembered()).toBe(false);
    rememberBrowser();
    expect(isBrowserRemembered()).toBe(true);
  });
});
