import { describe, expect, it } from 'vitest';

import { CallError, xsrfToken } from '../src/api';
import { invitationPath } from '../src/link';
import { readStatus } from '../src/socket';
import { duration, sentence } from '../src/words';

const NAMES = { name: 'name', email: 'email', password: 'password' };

describe('a sentence for an error', () => {
  it('keeps what the server says about the log-in as a whole', () => {
    const error = new CallError('not_authenticated', 'Email and password do not match. Check both and try again.');
    expect(sentence(error, NAMES)).toEqual({ byField: new Map(), general: error.message });
  });

  it('puts a wrong password at the password', () => {
    const { byField, general } = sentence(new CallError('wrong_password', 'no'), NAMES);
    expect(byField.get('password')).toContain('does not match');
    expect(general).toBeNull();
  });

  it('says what an address looks like instead of what the library says', () => {
    const error = new CallError('invalid_input', 'x', [
      { field: 'email', message: 'value is not a valid email address' }
    ]);
    expect(sentence(error, NAMES).byField.get('email')).toBe('Enter a full address, such as maya@company.example.');
  });

  it('makes a sentence of what the library says of other fields', () => {
    const error = new CallError('invalid_input', 'x', [{ field: 'consent', message: 'must be true or false' }]);
    expect(sentence(error, { consent: 'consent' }).byField.get('consent')).toBe('Must be true or false.');
  });

  it('tells above the form what is wrong with a field the form does not have', () => {
    const error = new CallError('invalid_input', 'Some of this cannot be used: code.', [
      { field: 'code', message: 'x' }
    ]);
    expect(sentence(error, NAMES).general).toBe('Some of this cannot be used: code.');
  });

  it('puts a taken address at the address', () => {
    const error = new CallError('conflict', 'This email address already has an account. Log in instead.');
    expect(sentence(error, NAMES).byField.get('email')).toBe(error.message);
    expect(sentence(error, {}).general).toBe(error.message);
  });
});

describe('a time that passes', () => {
  it.each([
    [-3, '0 s'],
    [59.9, '59 s'],
    [134, '2 min 14 s'],
    [3780, '1 h 3 min']
  ])('%d seconds are %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});

describe('the XSRF cookie', () => {
  it('is found among others', () => {
    expect(xsrfToken('a=1; _xsrf=2|ab%7Ccd; b=2')).toBe('2|ab|cd');
  });

  it('is empty where there is none', () => {
    expect(xsrfToken('not_xsrf=1')).toBe('');
  });
});

describe('a pasted invitation', () => {
  const origin = 'https://host.example';

  it.each([
    ['https://host.example/base/codewithme/join/7?code=a.b', '/base/codewithme/join/7?code=a.b'],
    ['  /base/codewithme/join/7?code=a ', '/base/codewithme/join/7?code=a']
  ])('%s is opened', (link, path) => {
    expect(invitationPath(link, origin, '/base/')).toBe(path);
  });

  it.each([
    'https://elsewhere.example/base/codewithme/join/7',
    '//elsewhere.example/base/codewithme/join/7',
    'javascript:alert(1)',
    'https://host.example/base/codewithme/join/../../lab',
    'https://host.example/base/lab',
    'https://host.example/codewithme/join/7',
    'http://['
  ])('%s is not', link => {
    expect(invitationPath(link, origin, '/base/')).toBeNull();
  });
});

describe('an admission status', () => {
  it('tells whether the host is here and what they wrote', () => {
    const status = { sessionId: 's', admitted: false, state: 'waiting', waitingForHost: true, message: 'Soon.' };
    expect(readStatus(status, 's')).toEqual({ state: 'waiting', isHostHere: false, message: 'Soon.' });
  });

  it('admits', () => {
    expect(readStatus({ sessionId: 's', admitted: true }, 's')?.state).toBe('admitted');
  });

  it.each([null, 'x', {}, { sessionId: 'other', admitted: true }, { sessionId: 's', state: 'strange' }])(
    'is nothing when it is %j',
    status => {
      expect(readStatus(status, 's')).toBeNull();
    }
  );
});
