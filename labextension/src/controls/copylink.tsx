/** The "Copy link" button: says "Link copied" for three seconds, also to screen readers. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Button, Problem } from './button';
import type { Weight } from './button';
import { useCopy } from './copy';
import { checkIcon, copyIcon } from './icons';

interface ICopyLinkProps {
  fetchLink: () => Promise<string>;
  trans: TranslationBundle;
  weight?: Weight;
  size?: 'small' | 'normal';
}

export function CopyLink({ fetchLink, trans, weight, size }: ICopyLinkProps): React.ReactElement {
  const { state, problem, copy } = useCopy(fetchLink);
  const isCopied = state === 'copied';
  return (
    <>
      <Button
        className="jp-cwm-CopyLink"
        weight={weight}
        size={size}
        icon={isCopied ? checkIcon : copyIcon}
        isBusy={state === 'busy'}
        onClick={copy}
      >
        {isCopied ? trans.__('Link copied') : trans.__('Copy link')}
      </Button>
      <span className="jp-cwm-hidden" role="status">
        {isCopied ? trans.__('Link copied') : ''}
      </span>
      {problem && <Problem>{problem}</Problem>}
    </>
  );
}
