/** The way to what is earlier: shown from what is known already, or fetched. */
import * as React from 'react';
import { useState } from 'react';

import { sentence } from '../api/errors';
import { Button, Problem } from './button';

interface IEarlierProps {
  part: { readonly hasEarlier: boolean; earlier(): Promise<void> };
  /** Whether more is known than is shown. */
  isCut: boolean;
  /** Shows more. */
  onShow: () => void;
  label: string;
}

export function Earlier({ part, isCut, onShow, label }: IEarlierProps): React.ReactElement | null {
  const [problem, setProblem] = useState<string | null>(null);
  const [isLoading, setLoading] = useState(false);
  if (!isCut && !part.hasEarlier) {
    return null;
  }
  const more = (): void => {
    onShow();
    if (isCut) {
      return;
    }
    setLoading(true);
    setProblem(null);
    part
      .earlier()
      .catch((error: unknown) => setProblem(sentence(error)))
      .finally(() => setLoading(false));
  };
  return (
    <>
      {problem && <Problem>{problem}</Problem>}
      <Button size="small" weight="quiet" isBusy={isLoading} onClick={more}>
        {label}
      </Button>
    </>
  );
}
