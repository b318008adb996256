/** How a run ended, in words. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Execution, Language } from '../api/shapes';
import type { Tone } from '../controls/button';

export interface IOutcome {
  tone: Tone;
  /** The main words: "Finished", "Exit code 1", "Stopped: ran longer than 10 s". */
  words: string;
  /** Time and memory used; empty where nothing ran. */
  figures: readonly string[];
  /** A sentence for a run that could not take place. */
  advice: string | null;
}

/** Codes that mean that this server cannot run code at all now. */
const NO_ENGINE: ReadonlySet<string> = new Set(['sandbox_unavailable', 'engine_unavailable']);

export function outcomeOf(run: Execution, trans: TranslationBundle): IOutcome {
  if (run.error?.code === 'stopped') {
    return { tone: 'error', words: run.error.message.replace(/\.$/, ''), figures: [], advice: null };
  }
  if (run.error) {
    return refusal(run.error, trans);
  }
  const figures = [
    seconds(run.executionTime),
    ...(run.memoryPeak === null ? [] : [memory(run, run.memoryPeak, trans)])
  ];
  const failed = (words: string): IOutcome => ({ tone: 'error', words, figures, advice: null });
  const limit = run.limit === null ? null : limitWords(run, trans);
  if (limit !== null) {
    return failed(limit);
  }
  if (run.stage === 'compile') {
    const line = errorLine(run);
    return failed(line === null ? trans.__('Did not compile') : trans.__('Did not compile, line %1', line));
  }
  if (run.signal !== null) {
    return failed(trans.__('Ended by %1', run.signal));
  }
  if (run.exitCode !== 0) {
    return failed(trans.__('Exit code %1', String(run.exitCode)));
  }
  return { tone: 'ok', words: trans.__('Finished'), figures, advice: null };
}

/** A run that was refused or could not take place. */
export function refusal(error: { code: string; message: string }, trans: TranslationBundle): IOutcome {
  const advice = NO_ENGINE.has(error.code) ? noEngine(trans) : error.message;
  return { tone: 'error', words: trans.__('Not run'), figures: [], advice };
}

export function noEngine(trans: TranslationBundle): string {
  return trans.__(
    'Running code is not set up on this server. Editing and chat work. An admin can start a container engine.'
  );
}

/** Whether code cannot be run at all here: languages are known, and none is available. */
export function hasNoEngine(languages: readonly Language[]): boolean {
  return languages.length > 0 && languages.every(language => !language.available);
}

function limitWords(run: Execution, trans: TranslationBundle): string {
  switch (run.limit) {
    case 'wall_time': {
      const allowed = wholeSeconds(run.limits?.time ?? run.executionTime);
      return run.stage === 'compile'
        ? trans.__('Stopped: compiling took longer than %1', allowed)
        : trans.__('Stopped: ran longer than %1', allowed);
    }
    case 'memory': {
      const allowed = run.limits?.memory ?? run.memoryPeak;
      if (allowed === null) {
        return trans.__('Stopped: used too much memory');
      }
      return run.stage === 'compile'
        ? trans.__('Stopped: compiling used more than %1 MB', mebibytes(allowed))
        : trans.__('Stopped: used more than %1 MB', mebibytes(allowed));
    }
    case 'output':
      return trans.__('Stopped: printed too much');
    case 'processes':
      return trans.__('Stopped: started too many processes');
    case 'file_size':
      return trans.__('Stopped: wrote too large a file');
    default:
      return trans.__('Stopped at a limit (%1)', run.limit ?? '');
  }
}

/** The line of the entry file that the compiler complains of first, where it says one. */
function errorLine(run: Execution): string | null {
  const name = run.entry.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const told = run.stderr || run.stdout;
  // `main.c:12:5: error`, and Python's `File "main.py", line 12`.
  return new RegExp(`${name}(?::|", line )(\\d+)`).exec(told)?.[1] ?? null;
}

export function seconds(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(2)} s` : `${(ms / 1000).toFixed(1)} s`;
}

/** A limit: "10 s", "0.5 s". */
export function wholeSeconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(1))} s`;
}

function memory(run: Execution, peak: number, trans: TranslationBundle): string {
  return run.limits === null
    ? trans.__('%1 MB', mebibytes(peak))
    : // What a process shares with others counts for its size, but not for the limit.
      trans.__('%1 of %2 MB', mebibytes(Math.min(peak, run.limits.memory)), mebibytes(run.limits.memory));
}

function mebibytes(kibibytes: number): number {
  return Math.max(1, Math.round(kibibytes / 1024));
}
