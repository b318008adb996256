/** Times as people read them: 24 hours, units always. */
import type { TranslationBundle } from '@jupyterlab/translation';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** 10:24, in the viewer's time zone. */
export function clockTime(iso: string): string {
  return new Date(iso).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}

/** 10:24:06, in the viewer's time zone. */
export function exactTime(iso: string): string {
  return new Date(iso).toLocaleTimeString('en-GB');
}

/** 24:06 or 1:04:06: time that passed since `since` until `until` (both ms since the epoch). */
export function elapsed(since: number, until: number): string {
  const seconds = Math.max(0, Math.floor((until - since) / 1000));
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return seconds >= 3600 ? `${Math.floor(seconds / 3600)}:${rest}` : rest;
}

/** "under 1 min", "2 min", "1 h 5 min": how long something has lasted. */
export function lasted(sinceIso: string, until: number, trans: TranslationBundle): string {
  const ms = Math.max(0, until - Date.parse(sinceIso));
  if (ms < MINUTE_MS) {
    return trans.__('under 1 min');
  }
  const minutes = Math.floor((ms % HOUR_MS) / MINUTE_MS);
  return ms < HOUR_MS ? trans.__('%1 min', minutes) : trans.__('%1 h %2 min', Math.floor(ms / HOUR_MS), minutes);
}

/** "Today, 10:00", "16 Nov, 10:00", with the year when it is another one. */
export function dayAndTime(iso: string, now: number, trans: TranslationBundle): string {
  const date = new Date(iso);
  const today = new Date(now);
  if (date.toDateString() === today.toDateString()) {
    return trans.__('Today, %1', clockTime(iso));
  }
  const isThisYear = date.getFullYear() === today.getFullYear();
  const day = date.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    ...(isThisYear ? {} : { year: 'numeric' })
  });
  return `${day}, ${clockTime(iso)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
