/** What happened in the interview, newest first. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { useMemo, useState } from 'react';

import { Icon } from '../controls/button';
import { Earlier } from '../controls/earlier';
import { useFollow } from '../controls/follow';
import { clockTime, exactTime } from '../controls/time';
import type { SessionModel } from '../session/model';
import { describe } from './sentences';

/** Lines shown at first and added by "Show earlier": an interview may have thousands. */
const PAGE = 100;

export function ActivityLog(props: { model: SessionModel; trans: TranslationBundle }): React.ReactElement {
  const { model, trans } = props;
  useFollow(model.activity.changed);
  const [shown, setShown] = useState(PAGE);
  const { entries } = model.activity;
  const lines = useMemo(
    () => entries.flatMap(entry => ({ entry, line: describe(entry, trans) })).filter(({ line }) => line !== null),
    [entries, trans]
  );
  const newestFirst = lines.slice(-shown).reverse();
  return (
    <div className="jp-cwm-Activity">
      <ol role="log" aria-label={trans.__('Activity')} aria-live="off" tabIndex={0}>
        {newestFirst.map(({ entry, line }) =>
          line === null ? null : (
            <li key={entry.sequence}>
              <time dateTime={entry.at} title={exactTime(entry.at)}>
                {clockTime(entry.at)}
              </time>
              <Icon icon={line.icon} />
              <span>{line.text}</span>
            </li>
          )
        )}
      </ol>
      <Earlier
        part={model.activity}
        isCut={lines.length > shown}
        onShow={() => setShown(shown + PAGE)}
        label={trans.__('Show earlier')}
      />
    </div>
  );
}
