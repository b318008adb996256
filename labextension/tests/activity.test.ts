import { describe, expect, it } from 'vitest';

import type { IRange } from '../src/api/client';
import { ActivityModel } from '../src/activity/model';
import { describe as sentenceFor } from '../src/activity/sentences';
import { FakeLink } from './fakes/link';
import { activity } from './fakes/shapes';
import { trans } from './fakes/trans';

describe('the activity log', () => {
  it('is complete and in order although live entries come before the first page', async () => {
    const link = new FakeLink();
    const kept = [1, 2, 3, 4].map(sequence => activity(sequence));
    const asked: IRange[] = [];
    const api = {
      activity: (_id: string, range: IRange) => {
        asked.push(range);
        return Promise.resolve({ items: 'before' in range ? kept : [], next: null });
      }
    };
    const model = new ActivityModel({ api, link, sessionId: 's1' });
    link.emit('activity', activity(4));
    await model.catchUp(3);
    expect(model.entries.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
    link.emit('activity', activity(7));
    await model.catchUp(7);
    expect(asked).toEqual([{ before: 4 }, { after: 7 }]);
  });
});

describe('the sentence for an entry', () => {
  const say = (type: string, data: Record<string, unknown> = {}, userId = 'maya'): string | undefined =>
    sentenceFor(activity(1, { type, data, userId }), trans)?.text;

  it('names who admitted whom', () => {
    const data = { userId: 'priya', username: 'Priya Nair' };
    expect(say('participant-admitted', data)).toBe('Maya Lindqvist admitted Priya Nair');
    expect(say('participant-admitted', { ...data, userId: 'maya' })).toBe('Priya Nair came in');
  });

  it('says how a run ended', () => {
    const result = { entry: 'main.py', stage: 'run', exitCode: 1, error: null, limit: null };
    expect(say('execution-finished', { result })).toBe('Maya Lindqvist ran main.py, exit code 1');
    expect(say('execution-finished', { result: { ...result, error: { code: 'stopped' } } })).toBe(
      'Maya Lindqvist ran main.py, stopped'
    );
    expect(say('execution-finished', { result: { ...result, exitCode: 0 } })).toBe(
      'Maya Lindqvist ran main.py, finished'
    );
  });

  it('names what was changed', () => {
    expect(say('session-updated', { changed: ['title', 'problem_statement'] })).toBe(
      'Maya Lindqvist changed the title, problem'
    );
  });

  it('leaves out what another line says', () => {
    expect(say('execution-started')).toBeUndefined();
    expect(say('chat-message-sent')).toBeUndefined();
  });

  it('does not fail on what a newer server logs', () => {
    expect(say('moon-landed')).toBe('Maya Lindqvist: moon-landed');
  });
});
