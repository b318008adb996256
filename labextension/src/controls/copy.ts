/** Copying a link, and saying for three seconds that it was copied. */
import { useCallback, useEffect, useRef, useState } from 'react';

import { sentence } from '../api/errors';

const SAY_SO_FOR_MS = 3_000;

export interface ICopy {
  state: 'idle' | 'busy' | 'copied';
  problem: string | null;
  /** Fetches the link and puts it into the clipboard. */
  copy: () => void;
}

/** Puts `text` into the clipboard, also where the page is plain HTTP and the Clipboard API is missing. */
async function write(text: string): Promise<void> {
  // Missing outside secure contexts, whatever the type says.
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (clipboard) {
    await clipboard.writeText(text);
    return;
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.style.position = 'fixed';
  area.style.opacity = '0';
  document.body.append(area);
  area.select();
  // Deprecated, and the only way there is on a plain HTTP page.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const isDone = document.execCommand('copy');
  area.remove();
  if (!isDone) {
    throw new Error(`The browser did not let us copy. Copy it yourself: ${text}`);
  }
}

export function useCopy(fetchText: () => Promise<string>): ICopy {
  const [state, setState] = useState<ICopy['state']>('idle');
  const [problem, setProblem] = useState<string | null>(null);
  const timer = useRef(0);
  useEffect(() => () => window.clearTimeout(timer.current), []);

  const copy = useCallback(() => {
    setState('busy');
    setProblem(null);
    fetchText()
      .then(write)
      .then(() => {
        setState('copied');
        window.clearTimeout(timer.current);
        timer.current = window.setTimeout(() => setState('idle'), SAY_SO_FOR_MS);
      })
      .catch((error: unknown) => {
        setState('idle');
        setProblem(sentence(error));
      });
  }, [fetchText]);

  return { state, problem, copy };
}
