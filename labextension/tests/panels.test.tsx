import { act } from 'react';
import * as React from 'react';
import { createRoot } from 'react-dom/client';
import type { Root } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { ISessionApi } from '../src/api/client';
import { ApiError } from '../src/api/errors';
import { Chat } from '../src/chat/panel';
import { Boundary } from '../src/controls/boundary';
import { Output } from '../src/execution/output';
import { WaitingRow } from '../src/people/waiting';
import { SessionModel } from '../src/session/model';
import { FakeLink } from './fakes/link';
import { execution, message } from './fakes/shapes';
import { FakeStorage } from './fakes/storage';
import { trans } from './fakes/trans';

const MARKUP = '<img src=x onerror="alert(1)"><b>bold</b>';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

describe('a panel', () => {
  let place: HTMLElement;
  let root: Root;
  let link: FakeLink;
  let api: Partial<ISessionApi>;
  let model: SessionModel;

  const show = (view: React.ReactElement): void => act(() => root.render(view));
  const button = (name: string): HTMLButtonElement =>
    [...place.querySelectorAll('button')].find(({ textContent, ariaLabel }) => (ariaLabel ?? textContent) === name)!;
  const press = (name: string): Promise<void> =>
    act(async () => {
      button(name).click();
      await Promise.resolve();
    });

  beforeEach(() => {
    place = document.createElement('div');
    document.body.append(place);
    root = createRoot(place);
    link = new FakeLink();
    api = {};
    model = new SessionModel({
      api: api as ISessionApi,
      link,
      sessionId: 's1',
      userId: 'priya',
      role: 'candidate',
      origin: 'http://127.0.0.1',
      storage: new FakeStorage()
    });
    link.connect();
  });

  afterEach(() => {
    act(() => root.unmount());
    place.remove();
  });

  it('that fails says so, and comes back when asked', () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    let isBroken = true;
    const Part = (): React.ReactElement => {
      if (isBroken) {
        throw new Error('broken');
      }
      return <p>works</p>;
    };
    show(
      <Boundary name="Chat" trans={trans}>
        <Part />
      </Boundary>
    );
    expect(place.textContent).toContain('Chat did not load. The rest of the interview goes on.');
    isBroken = false;
    act(() => button('Try again').click());
    expect(place.textContent).toBe('works');
  });

  it('shows chat messages and names as text, never as markup', () => {
    show(<Chat model={model} trans={trans} />);
    act(() => link.emit('chat-message', message(1, { text: MARKUP, username: MARKUP })));
    const log = place.querySelector('[role=log]');
    expect(log?.querySelector('article p')?.textContent).toBe(MARKUP);
    expect(log?.querySelector('img, b')).toBeNull();
  });

  it('asks the server for what was said before it shows', async () => {
    const pages = [
      { items: [message(9)], next: 9 },
      { items: [message(8)], next: null }
    ];
    api.chat = () => Promise.resolve(pages.shift() ?? { items: [], next: null });
    await act(() => model.chat.catchUp(9));
    show(<Chat model={model} trans={trans} />);
    expect(place.querySelectorAll('article')).toHaveLength(1);
    await press('Show earlier messages');
    expect(place.querySelectorAll('article')).toHaveLength(2);
    expect(place.textContent).not.toContain('Show earlier messages');
  });

  it('shows a long chat page by page', () => {
    show(<Chat model={model} trans={trans} />);
    act(() => {
      for (let sequence = 1; sequence <= 200; sequence += 1) {
        link.emit('chat-message', message(sequence));
      }
    });
    expect(place.querySelectorAll('article')).toHaveLength(150);
    act(() => button('Show earlier messages').click());
    expect(place.querySelectorAll('article')).toHaveLength(200);
  });

  it('shows what a program prints as text, its errors apart, and how it ended', () => {
    show(<Output model={model} trans={trans} />);
    expect(place.textContent).toContain('Run the code to see its output here.');
    act(() => link.emit('run-code', execution({ stdout: MARKUP, stderr: 'oh\n', exitCode: 1, userId: 'maya' })));
    expect(place.querySelector('pre.jp-mod-stdout')?.textContent).toBe(MARKUP);
    expect(place.querySelector('pre.jp-mod-stderr')?.textContent).toBe('oh\n');
    expect(place.querySelector('img')).toBeNull();
    expect(place.querySelector('[role=status]')?.textContent).toBe('Exit code 10.42 s18 of 128 MB');
  });

  it('lets a host admit, or reject with a word', async () => {
    const onAdmit = vi.fn(() => Promise.reject(new ApiError({ code: 'conflict', message: 'Somebody else did.' })));
    const onReject = vi.fn(() => Promise.resolve());
    show(
      <WaitingRow
        name="Priya Nair"
        role="candidate"
        since={new Date(Date.now() - 125_000).toISOString()}
        isOnline
        onAdmit={onAdmit}
        onReject={onReject}
        trans={trans}
      />
    );
    expect(place.textContent).toContain('Candidate, waits 2 min');
    await press('Admit Priya Nair');
    expect(onAdmit).toHaveBeenCalledTimes(1);
    expect(place.querySelector('[role=alert]')?.textContent).toBe('Somebody else did.');
    act(() => button('Reject Priya Nair').click());
    expect(place.textContent).toContain('A word to Priya');
    await press('Reject');
    expect(onReject).toHaveBeenCalledWith('');
  });
});
