import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { CallError } from '../src/api';
import { Form } from '../src/form';

function problem(name: string): HTMLElement {
  return document.querySelector<HTMLElement>(`[data-field="${name}"] .cwm-problem`)!;
}

function trouble(): HTMLElement {
  return document.querySelector<HTMLElement>('[data-trouble]')!;
}

let form: Form;
let button: HTMLButtonElement;

beforeEach(() => {
  document.body.innerHTML = `
    <form>
      <div data-trouble hidden><span data-text></span></div>
      <div data-field="email"><input name="email"><span class="cwm-problem" hidden><span data-text></span></span></div>
      <button type="submit">Go</button>
    </form>`;
  form = new Form(document.querySelector('form')!, { email: 'email' });
  button = document.querySelector('button')!;
});

afterEach(() => {
  vi.useRealTimers();
});

/** Submits, and lets what follows happen. */
async function submit(): Promise<void> {
  form.root.dispatchEvent(new SubmitEvent('submit', { cancelable: true }));
  await new Promise(resolve => setTimeout(resolve, 0));
}

describe('a form', () => {
  it('says what is missing without asking the server', async () => {
    const send = vi.fn();
    form.onSubmit(() => form.requireFilled('email', 'Enter your email address.'), send);
    await submit();
    expect(send).not.toHaveBeenCalled();
    expect(problem('email').hidden).toBe(false);
    expect(problem('email').textContent).toBe('Enter your email address.');
    expect(document.activeElement).toBe(form.input('email'));
  });

  it('takes the complaint back as soon as somebody writes', async () => {
    form.onSubmit(() => form.requireFilled('email', 'Enter your email address.'), vi.fn());
    await submit();
    form.input('email')!.dispatchEvent(new Event('input', { bubbles: true }));
    expect(problem('email').hidden).toBe(true);
    expect(form.input('email')!.hasAttribute('aria-invalid')).toBe(false);
  });

  it('shows text as text', async () => {
    form.onSubmit(
      () => true,
      () => Promise.reject(new CallError('not_permitted', '<img src=x onerror=alert(1)>'))
    );
    await submit();
    expect(trouble().textContent).toBe('<img src=x onerror=alert(1)>');
    expect(document.querySelector('img')).toBeNull();
  });

  it('is busy while it sends and sends once', async () => {
    let finish: (value: 'done') => void = () => undefined;
    const send = vi.fn(() => new Promise<'done'>(resolve => (finish = resolve)));
    form.onSubmit(() => true, send);
    await submit();
    await submit();
    expect(send).toHaveBeenCalledTimes(1);
    expect(button.getAttribute('aria-busy')).toBe('true');
    finish('done');
    await new Promise(resolve => setTimeout(resolve, 0));
    expect(button.hasAttribute('aria-busy')).toBe(false);
  });

  it('counts down when there were too many tries', () => {
    vi.useFakeTimers();
    form.fail(new CallError('rate_limited', 'x', [], 40));
    expect(trouble().textContent).toBe('Too many tries. Next in 40 s.');
    expect(button.disabled).toBe(true);
    vi.advanceTimersByTime(39_000);
    expect(trouble().textContent).toBe('Too many tries. Next in 1 s.');
    vi.advanceTimersByTime(1000);
    expect(trouble().hidden).toBe(true);
    expect(button.disabled).toBe(false);
  });
});
