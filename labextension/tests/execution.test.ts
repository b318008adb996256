import { act } from 'react';
import * as React from 'react';
import { createRoot } from 'react-dom/client';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { ApiError } from '../src/api/errors';
import type { Execution, Language } from '../src/api/shapes';
import { languageOf } from '../src/execution/languages';
import { ExecutionModel } from '../src/execution/model';
import type { IRun } from '../src/execution/model';
import { hasNoEngine, outcomeOf, refusal } from '../src/execution/outcome';
import { confined, Page, pageOf } from '../src/execution/page';
import { FakeLink } from './fakes/link';
import { execution } from './fakes/shapes';
import { trans } from './fakes/trans';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

const STARTED = {
  executionId: 'e1',
  language: 'python',
  entry: 'main.py',
  userId: 'priya',
  username: 'Priya Nair',
  isInteractive: false,
  startedAt: '2026-11-23T10:00:00Z'
};

const PYTHON: Language = {
  id: 'python',
  name: 'Python',
  version: '3.13',
  icon: 'python',
  fileName: 'main.py',
  editorMode: 'python',
  hasPage: false,
  compileLimits: null,
  runLimits: { time: 10_000, memory: 128 * 1024 },
  available: true,
  reason: null
};

describe('a run', () => {
  let link: FakeLink;
  let newest: Execution[];
  let languages: Language[];
  let runs: ExecutionModel;

  beforeEach(() => {
    link = new FakeLink();
    link.connect();
    newest = [];
    languages = [];
    const api = { executions: () => Promise.resolve(newest), languages: () => Promise.resolve(languages) };
    runs = new ExecutionModel({ api, link, sessionId: 's1' });
  });

  it('shows output as it comes, in the order of the streams', () => {
    link.emit('run-started', STARTED);
    link.emit('run-output', { executionId: 'e1', stream: 'stdout', text: 'a' });
    link.emit('run-output', { executionId: 'e1', stream: 'stdout', text: 'b\n' });
    link.emit('run-output', { executionId: 'e1', stream: 'stderr', text: 'oh\n' });
    link.emit('run-output', { executionId: 'e1', stream: 'stdout', text: 'c\n' });
    expect(runs.isRunning).toBe(true);
    expect(runs.run?.blocks).toEqual([
      { stream: 'stdout', text: 'ab\n' },
      { stream: 'stderr', text: 'oh\n' },
      { stream: 'stdout', text: 'c\n' }
    ]);
  });

  it('keeps that order when the result says the same', () => {
    link.emit('run-started', STARTED);
    link.emit('run-output', { executionId: 'e1', stream: 'stderr', text: 'first\n' });
    link.emit('run-output', { executionId: 'e1', stream: 'stdout', text: 'then\n' });
    link.emit('run-code', execution({ stdout: 'then\n', stderr: 'first\n' }));
    expect(runs.run?.blocks.map(({ stream }) => stream)).toEqual(['stderr', 'stdout']);
    expect(runs.isRunning).toBe(false);
  });

  it('takes the whole output from the result where a piece was missed', () => {
    link.emit('run-started', STARTED);
    link.emit('run-output', { executionId: 'e1', stream: 'stdout', text: 'b\n' });
    link.emit('run-code', execution({ stdout: 'a\nb\n', stderr: 'oh\n' }));
    expect(runs.run?.blocks).toEqual([
      { stream: 'stdout', text: 'a\nb\n' },
      { stream: 'stderr', text: 'oh\n' }
    ]);
  });

  it('does not mix in the output of another run', () => {
    link.emit('run-started', STARTED);
    link.emit('run-output', { executionId: 'other', stream: 'stdout', text: 'x' });
    expect(runs.run?.blocks).toEqual([]);
  });

  it('shows the newest one after a reload', async () => {
    newest = [execution({ stdout: 'hello\n' })];
    await runs.catchUp();
    expect(runs.run).toMatchObject({ executionId: 'e1', blocks: [{ text: 'hello\n' }] });
  });

  it('that is under way is not replaced by an older one when the connection comes back', async () => {
    link.emit('run-started', { ...STARTED, executionId: 'e2', startedAt: '2026-11-23T10:05:00Z' });
    newest = [execution()];
    await runs.catchUp();
    expect(runs.run?.executionId).toBe('e2');
    expect(runs.isRunning).toBe(true);
  });

  it('asks with the input that was written, or to be typed into', async () => {
    const request = { language: 'python', entry: 'main.py' };
    await runs.start(request);
    runs.stdin = '42\n';
    await runs.start(request);
    expect(link.sentOf('run-code')).toEqual([
      { ...request, isInteractive: true },
      { ...request, stdin: '42\n' }
    ]);
  });

  it('asks anew what can be run when a language runs that could not', async () => {
    languages = [{ ...PYTHON, available: false, reason: 'no image' }];
    await runs.loadLanguages();
    languages = [PYTHON];
    link.emit('run-code', execution({ executionId: 'e1', language: 'python' }));
    await Promise.resolve();
    await Promise.resolve();
    expect(runs.languages).toEqual([PYTHON]);
  });

  it('takes what is typed until somebody ends the input, and shows it among the output', async () => {
    link.emit('run-started', { ...STARTED, isInteractive: true });
    link.emit('run-output', { executionId: 'e1', stream: 'stdout', text: 'name? ' });
    await runs.type('Ada\n');
    expect(link.sentOf('run-input')).toEqual([{ executionId: 'e1', text: 'Ada\n', isLast: false }]);
    const who = { userId: 'priya', username: 'Priya Nair' };
    link.emit('run-input', { executionId: 'e1', text: 'Ada\n', isLast: false, ...who });
    link.emit('run-input', { executionId: 'e1', text: '', isLast: true, ...who });
    expect(runs.run?.blocks).toEqual([
      { stream: 'stdout', text: 'name? ' },
      { stream: 'stdin', text: 'Ada\n' }
    ]);
    expect(runs.run?.isTakingInput).toBe(false);
    await runs.type('too late\n');
    expect(link.sentOf('run-input')).toHaveLength(1);
  });

  it('says why it was refused, until the next one starts', async () => {
    link.answer('run-code', () => new ApiError({ code: 'rate_limited', message: '10 runs a minute is the limit.' }));
    await runs.start({ language: 'python', entry: '' });
    expect(runs.problem?.message).toBe('10 runs a minute is the limit.');
    expect(runs.isStarting).toBe(false);
    link.emit('run-started', STARTED);
    expect(runs.problem).toBeNull();
  });

  it('shows its place while it waits for a container', () => {
    link.emit('run-started', STARTED);
    link.emit('run-queued', { executionId: 'e1', place: 2 });
    expect(runs.run?.place).toBe(2);
    link.emit('run-output', { executionId: 'e1', stream: 'stdout', text: 'a' });
    expect(runs.run?.place).toBeNull();
  });

  it('runs, and its time begins, when its place in the queue is 0', () => {
    link.emit('run-started', STARTED);
    link.emit('run-queued', { executionId: 'e1', place: 1 });
    const waiting = runs.run?.since ?? 0;
    vi.setSystemTime(waiting + 5000);
    link.emit('run-queued', { executionId: 'e1', place: 0 });
    expect(runs.run).toMatchObject({ place: null, since: waiting + 5000 });
    vi.useRealTimers();
  });

  it('can be stopped while it runs, by whoever may run', async () => {
    await runs.stop();
    link.emit('run-started', STARTED);
    await runs.stop();
    link.emit('run-code', execution());
    await runs.stop();
    expect(link.sentOf('run-stop')).toEqual([{ executionId: 'e1' }]);
  });

  it('that ended before it could be stopped is no problem', async () => {
    link.answer('run-stop', () => new ApiError({ code: 'not_found', message: 'This run has ended.' }));
    link.emit('run-started', STARTED);
    await runs.stop();
    expect(runs.problem).toBeNull();
  });

  it('can be cleared only when it is over', () => {
    link.emit('run-started', STARTED);
    runs.clear();
    expect(runs.run).not.toBeNull();
    link.emit('run-code', execution());
    runs.clear();
    expect(runs.run).toBeNull();
  });
});

describe('the words for how a run ended', () => {
  it.each([
    [{}, 'Finished'],
    [{ exitCode: 1 }, 'Exit code 1'],
    [{ stage: 'compile', exitCode: 1, entry: 'main.c', stderr: 'main.c:12:5: error: x' }, 'Did not compile, line 12'],
    [{ stage: 'compile', exitCode: 1, stderr: '  File "main.py", line 7\n' }, 'Did not compile, line 7'],
    [{ stage: 'compile', exitCode: 1, stderr: 'ld: undefined' }, 'Did not compile'],
    [{ limit: 'wall_time', executionTime: 10_012 }, 'Stopped: ran longer than 10 s'],
    [{ limit: 'wall_time', executionTime: 10_012, limits: null }, 'Stopped: ran longer than 10 s'],
    [
      { limit: 'wall_time', stage: 'compile', limits: { time: 20_000, memory: 524_288 } },
      'Stopped: compiling took longer than 20 s'
    ],
    [{ limit: 'memory', memoryPeak: 90_000 }, 'Stopped: used more than 128 MB'],
    [{ limit: 'memory', memoryPeak: null, limits: null }, 'Stopped: used too much memory'],
    [
      { limit: 'memory', stage: 'compile', limits: { time: 10_000, memory: 524_288 } },
      'Stopped: compiling used more than 512 MB'
    ],
    [{ limit: 'output' }, 'Stopped: printed too much'],
    [{ exitCode: 139, signal: 'SIGSEGV' }, 'Ended by SIGSEGV']
  ] as [Partial<Execution>, string][])('%o is "%s"', (change, words) => {
    expect(outcomeOf(execution(change), trans).words).toBe(words);
  });

  it('say who stopped it', () => {
    const error = { code: 'stopped', message: 'Stopped by Maya Lindqvist.' };
    expect(outcomeOf(execution({ error }), trans)).toMatchObject({ words: 'Stopped by Maya Lindqvist', advice: null });
  });

  it('come with time and memory', () => {
    expect(outcomeOf(execution(), trans).figures).toEqual(['0.42 s', '18 of 128 MB']);
    expect(outcomeOf(execution({ memoryPeak: 140_000 }), trans).figures).toEqual(['0.42 s', '128 of 128 MB']);
    expect(outcomeOf(execution({ limits: null }), trans).figures).toEqual(['0.42 s', '18 MB']);
  });

  it('say what is missing where there is no engine', () => {
    const error = { code: 'sandbox_unavailable', message: 'x' };
    expect(refusal(error, trans).advice).toMatch(
      /^Running code is not set up on this server\. Editing and chat work\./
    );
    expect(outcomeOf(execution({ error }), trans)).toMatchObject({ words: 'Not run', figures: [] });
  });

  it('say in the words of the server why else it could not be run', () => {
    expect(refusal({ code: 'rate_limited', message: 'Next in 21 s.' }, trans).advice).toBe('Next in 21 s.');
  });
});

describe('the page of a run', () => {
  const html = { ...PYTHON, id: 'html', hasPage: true };
  const finished = (change: Partial<Execution>): IRun => {
    const link = new FakeLink();
    const runs = new ExecutionModel({
      api: { executions: () => Promise.resolve([]), languages: () => Promise.resolve([]) },
      link,
      sessionId: 's1'
    });
    link.connect();
    link.emit('run-code', execution({ language: 'html', stdout: '<h1>Hi</h1>', ...change }));
    if (!runs.run) {
      throw new Error('no run');
    }
    return runs.run;
  };

  it('is what a language of pages printed', () => {
    expect(pageOf(finished({}), [html])).toBe('<h1>Hi</h1>');
    expect(pageOf(finished({ language: 'python' }), [html, PYTHON])).toBeNull();
  });

  it('is not there for a run that failed', () => {
    expect(pageOf(finished({ exitCode: 1, stage: 'compile' }), [html])).toBeNull();
    expect(pageOf(finished({ error: { code: 'stopped', message: '' } }), [html])).toBeNull();
    expect(pageOf(null, [html])).toBeNull();
  });

  it('starts with the policy that holds it, whatever it says itself', () => {
    const parsed = new DOMParser().parseFromString(
      confined('<!DOCTYPE html><html><head><base href="//evil.example/"><script>1</script></head></html>'),
      'text/html'
    );
    const [first, second] = parsed.head.children;
    expect(first.getAttribute('http-equiv')).toBe('Content-Security-Policy');
    expect(first.getAttribute('content')).toMatch(/^default-src 'none'/);
    expect(second.getAttribute('target')).toBe('_blank');
  });

  it('is shown in a frame that may do nothing', () => {
    const place = document.createElement('div');
    const root = createRoot(place);
    act(() => root.render(React.createElement(Page, { html: '<script>alert(1)</script>', trans })));
    expect(place.querySelector('script')).toBeNull();
    expect(place.querySelector('iframe')?.getAttribute('sandbox')).toBe('');
    act(() => root.unmount());
  });
});

describe('the language of a file', () => {
  const language = (id: string, fileName: string, available = true): Language => ({
    id,
    name: id,
    version: '',
    icon: id,
    fileName,
    editorMode: id,
    hasPage: false,
    compileLimits: null,
    runLimits: { time: 10_000, memory: 128 * 1024 },
    available,
    reason: null
  });
  const known = [language('python', 'main.py'), language('c', 'main.c'), language('perl', 'main.pl')];

  it('follows the ending', () => {
    expect(languageOf('interviews/s1/util.c', known, 'python')?.id).toBe('c');
  });

  it("is the interview's where the ending says nothing", () => {
    expect(languageOf('interviews/s1/notes', known, 'python')?.id).toBe('python');
    expect(languageOf('interviews/s1/.py', known, 'c')?.id).toBe('c');
  });

  it("is the interview's where two languages share an ending", () => {
    expect(languageOf('a.pl', [...known, language('prolog', 'main.pl')], 'prolog')?.id).toBe('prolog');
  });

  it('is unknown before the languages are loaded', () => {
    expect(languageOf('main.py', [], 'python')).toBeNull();
    expect(hasNoEngine([])).toBe(false);
    expect(hasNoEngine([language('c', 'main.c', false)])).toBe(true);
  });
});
