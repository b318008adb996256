/** Ties React to the models: a component that follows a signal renders again when it is emitted. */
import type { ISignal } from '@lumino/signaling';
import { useEffect, useReducer, useState } from 'react';

/** Renders the calling component again whenever one of `signals` is emitted. */
export function useFollow(...signals: readonly ISignal<unknown, unknown>[]): void {
  const [, again] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    signals.forEach(signal => signal.connect(again));
    return () => signals.forEach(signal => signal.disconnect(again));
    // The signals of a model live as long as the model.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, signals);
}

/** The time in ms since the epoch, by this computer's clock or another, renewed every `everyMs` while `isRunning`. */
export function useClock(everyMs: number, isRunning = true, clock: () => number = Date.now): number {
  const [now, setNow] = useState(clock);
  useEffect(() => {
    if (!isRunning) {
      return;
    }
    setNow(clock());
    const timer = window.setInterval(() => setNow(clock()), everyMs);
    return () => window.clearInterval(timer);
  }, [everyMs, isRunning, clock]);
  return now;
}
