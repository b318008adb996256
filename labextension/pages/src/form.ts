/** A form that posts by script: busy while it does, then says what is wrong, at the field it is about where there is one. */
import { CallError } from './api';
import { sentence, type FieldNames } from './words';

export class Form {
  private readonly button: HTMLButtonElement;
  private waiting: number | undefined;

  constructor(
    readonly root: HTMLFormElement,
    private readonly names: FieldNames
  ) {
    const button = root.querySelector<HTMLButtonElement>('button[type=submit]');
    if (!button) {
      throw new Error('The form has no submit button.');
    }
    this.button = button;
    root.addEventListener('input', event => this.clearField(event.target));
  }

  /** `send` posts the form; what it throws is shown, and the button is free again. It stays busy while the browser goes elsewhere. */
  onSubmit(check: () => boolean, send: () => Promise<'going' | 'done'>): void {
    this.root.addEventListener('submit', event => {
      event.preventDefault();
      if (this.button.disabled || this.button.getAttribute('aria-busy') === 'true') {
        return;
      }
      this.clear();
      if (check()) {
        void this.submit(send);
      } else {
        this.focusFirstProblem();
      }
    });
  }

  value(name: string): string {
    return this.input(name)?.value ?? '';
  }

  /** The value, or null where the form has no such field or it was left empty. */
  optional(name: string): string | null {
    return this.value(name) || null;
  }

  input(name: string): HTMLInputElement | null {
    return this.root.querySelector<HTMLInputElement>(`input[name="${name}"]`);
  }

  /** Says below a field what is wrong with it; false if the form has no such field. */
  mark(name: string, message: string): boolean {
    const place = this.root.querySelector<HTMLElement>(`[data-field="${name}"] .cwm-problem`);
    if (!place) {
      return false;
    }
    show(place, message);
    this.input(name)?.setAttribute('aria-invalid', 'true');
    return true;
  }

  /** Marks a field that was left empty; true if it is filled, or not in the form. */
  requireFilled(name: string, message: string): boolean {
    if (this.input(name)?.value.trim() !== '') {
      return true;
    }
    this.mark(name, message);
    return false;
  }

  /** Says what went wrong: at the fields, or above the form. */
  fail(error: unknown): void {
    const problem =
      error instanceof CallError ? error : new CallError('unknown', 'This page has a fault. Reload it and try again.');
    if (problem.code === 'rate_limited' && problem.retryAfterS !== null) {
      this.countDown(problem.retryAfterS);
      return;
    }
    const { byField, general } = sentence(problem, this.names);
    const unplaced = [...byField]
      .filter(([field, message]) => !this.mark(field, message))
      .map(([, message]) => message);
    const above = [general, ...unplaced].filter(text => text !== null).join(' ');
    if (above !== '') {
      this.trouble(above);
    }
    this.focusFirstProblem();
  }

  trouble(message: string): void {
    const place = this.root.querySelector<HTMLElement>('[data-trouble]');
    if (place) {
      show(place, message);
    }
  }

  private async submit(send: () => Promise<'going' | 'done'>): Promise<void> {
    this.button.setAttribute('aria-busy', 'true');
    try {
      if ((await send()) === 'going') {
        return;
      }
    } catch (error) {
      this.fail(error);
    }
    this.button.removeAttribute('aria-busy');
  }

  /** The button waits as long as the server asks for. */
  private countDown(seconds: number): void {
    const until = Date.now() + seconds * 1000;
    this.button.disabled = true;
    window.clearInterval(this.waiting);
    const tick = (): void => {
      const left = Math.ceil((until - Date.now()) / 1000);
      if (left > 0) {
        this.trouble(`Too many tries. Next in ${left} s.`);
        return;
      }
      window.clearInterval(this.waiting);
      this.button.disabled = false;
      this.clear();
    };
    this.waiting = window.setInterval(tick, 1000);
    tick();
  }

  private clear(): void {
    for (const place of this.root.querySelectorAll<HTMLElement>('.cwm-problem, [data-trouble]')) {
      place.hidden = true;
    }
    for (const input of this.root.querySelectorAll('[aria-invalid]')) {
      input.removeAttribute('aria-invalid');
    }
  }

  private clearField(target: EventTarget | null): void {
    const field = target instanceof Element ? target.closest('[data-field]') : null;
    field?.querySelectorAll<HTMLElement>('.cwm-problem').forEach(place => (place.hidden = true));
    field?.querySelector('[aria-invalid]')?.removeAttribute('aria-invalid');
  }

  private focusFirstProblem(): void {
    this.root.querySelector<HTMLInputElement>('[aria-invalid]')?.focus();
  }
}

function show(place: HTMLElement, message: string): void {
  const text = place.querySelector('[data-text]');
  if (text) {
    text.textContent = message;
  }
  place.hidden = false;
}
