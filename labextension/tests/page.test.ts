import { describe, expect, it } from 'vitest';

import { initials } from '../src/controls/avatar';
import { elapsed, lasted } from '../src/controls/time';
import { firstFile } from '../src/layout/first';
import { interviewUrl, readPage } from '../src/page';
import { addressAfter } from '../src/session/outcome';
import { trans } from './fakes/trans';

const page = (options: Record<string, string>): ReturnType<typeof readPage> => readPage(name => options[name] ?? '');
const SERVED = { codewithmeVersion: '0.1.0', codewithmeUserId: 'maya', codewithmeUserName: 'Maya', baseUrl: '/base/' };
const INTERVIEW = { ...SERVED, codewithmeSessionId: 's1', codewithmeFolder: 'interviews/s1' };

describe('a page', () => {
  it('of another Jupyter server is none of ours', () => {
    expect(page({ baseUrl: '/' })).toBeNull();
  });

  it('without a session is the dashboard', () => {
    expect(page(SERVED)).toMatchObject({ userName: 'Maya', interview: null });
  });

  it('with a session is an interview', () => {
    expect(page({ ...INTERVIEW, codewithmeRole: 'candidate' })?.interview).toEqual({
      sessionId: 's1',
      role: 'candidate',
      folder: 'interviews/s1'
    });
  });

  it('with a role that we do not know is no interview', () => {
    expect(page({ ...INTERVIEW, codewithmeRole: 'owner' })?.interview).toBeNull();
  });

  it('knows the addresses of the others', () => {
    const candidate = page({ ...INTERVIEW, codewithmeRole: 'candidate' })!;
    expect(interviewUrl(candidate, 's1')).toBe('/base/lab/workspaces/interview-s1');
    expect(addressAfter(candidate, 's1', 'removed')).toBe('/base/codewithme/outcome/s1');
    expect(addressAfter(candidate, 's1', 'waiting')).toBe('/base/codewithme/join/s1');
    expect(addressAfter(candidate, 's1', 'refused')).toMatch(/^\/base\/codewithme\/login\?next=/);
    const host = page({ ...INTERVIEW, codewithmeRole: 'host' })!;
    expect(addressAfter(host, 's1', 'deleted')).toBe('/base/lab');
  });
});

describe('the first file', () => {
  it("is that of the interview's language, else the first by name", () => {
    expect(firstFile(['util.py', 'main.py'], 'main.py')).toBe('main.py');
    expect(firstFile(['util.py', 'app.py'], 'main.py')).toBe('app.py');
    expect(firstFile([], 'main.py')).toBeNull();
  });
});

describe('small words', () => {
  it('are initials of the first and the last name', () => {
    expect(['Priya Nair', 'root', 'Ana María Ruiz', '  ', '李 小龙'].map(initials)).toEqual([
      'PN',
      'R',
      'AR',
      '',
      '李小'
    ]);
  });

  it('are times that passed', () => {
    expect([elapsed(0, 59_000), elapsed(0, 1_446_000), elapsed(0, 3_846_000)]).toEqual(['00:59', '24:06', '1:04:06']);
    const since = new Date(0).toISOString();
    expect([lasted(since, 5_000, trans), lasted(since, 120_000, trans), lasted(since, 3_900_000, trans)]).toEqual([
      'under 1 min',
      '2 min',
      '1 h 5 min'
    ]);
  });
});
