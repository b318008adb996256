/** Which language a file is written in. */
import type { Language } from '../api/shapes';

function extension(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot + 1).toLowerCase() : '';
}

/** How long a program of the run's language may run (ms); null before the languages are loaded. */
export function limitOf(run: { language: string }, languages: readonly Language[]): number | null {
  return languages.find(({ id }) => id === run.language)?.runLimits.time ?? null;
}

/**
 * The language that runs `path`: by the file's ending, where a language uses that ending, otherwise the interview's.
 * Where two languages share an ending the interview's own goes first.
 */
export function languageOf(path: string, languages: readonly Language[], ofInterview: string): Language | null {
  const ending = extension(path);
  const matching = languages.filter(language => ending !== '' && extension(language.fileName) === ending);
  return (
    matching.find(language => language.id === ofInterview) ??
    matching.at(0) ??
    languages.find(language => language.id === ofInterview) ??
    null
  );
}
