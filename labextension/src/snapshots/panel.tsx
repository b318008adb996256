/** The list of snapshots, newest first. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { useState } from 'react';

import { sentence } from '../api/errors';
import type { SnapshotSummary } from '../api/shapes';
import { Avatar, firstName } from '../controls/avatar';
import { Button, Icon, Problem } from '../controls/button';
import { useFollow } from '../controls/follow';
import { clockTime, exactTime } from '../controls/time';
import type { SessionModel } from '../session/model';
import { iconOf, titleOf } from './titles';

interface ISnapshotsProps {
  model: SessionModel;
  onOpen: (snapshot: SnapshotSummary) => void;
  trans: TranslationBundle;
}

export function Snapshots({ model, onOpen, trans }: ISnapshotsProps): React.ReactElement {
  const { snapshots } = model;
  useFollow(snapshots.changed, model.peopleChanged, model.sessionChanged);
  const [problem, setProblem] = useState<string | null>(null);
  const [isLoading, setLoading] = useState(false);
  const more = (): void => {
    setLoading(true);
    setProblem(null);
    snapshots
      .more()
      .catch((error: unknown) => setProblem(sentence(error)))
      .finally(() => setLoading(false));
  };
  if (snapshots.snapshots.length === 0) {
    return (
      <p className="jp-cwm-Snapshots-empty jp-cwm-Empty">
        {model.readingReason === null
          ? trans.__('No snapshots yet. Save one to come back to this state.')
          : trans.__('No snapshots yet.')}
      </p>
    );
  }
  return (
    <>
      <ul className="jp-cwm-Snapshots" aria-label={trans.__('Snapshots')}>
        {snapshots.snapshots.map(snapshot => (
          <Row key={snapshot.id} snapshot={snapshot} model={model} onOpen={onOpen} trans={trans} />
        ))}
      </ul>
      {problem && <Problem>{problem}</Problem>}
      {snapshots.hasMore && (
        <Button size="small" weight="quiet" isBusy={isLoading} onClick={more}>
          {trans.__('Show earlier')}
        </Button>
      )}
      <p className="jp-cwm-Snapshots-hint">
        {trans.__('Each snapshot keeps all files. Restoring saves the present state first.')}
      </p>
    </>
  );
}

function Row(props: ISnapshotsProps & { snapshot: SnapshotSummary }): React.ReactElement {
  const { snapshot, model, onOpen, trans } = props;
  const person = model.participants.find(({ userId }) => userId === snapshot.userId);
  return (
    <li>
      <button type="button" className="jp-cwm-Snapshot" onClick={() => onOpen(snapshot)}>
        <Icon icon={iconOf(snapshot)} />
        <span className="jp-cwm-Snapshot-text">
          <span className="jp-cwm-Snapshot-title">{titleOf(snapshot, trans)}</span>
          <span className="jp-cwm-Snapshot-who">
            <Avatar name={snapshot.username} color={person?.color} size={20} />
            {firstName(snapshot.username)}
            <time className="jp-cwm-num" dateTime={snapshot.createdAt} title={exactTime(snapshot.createdAt)}>
              {clockTime(snapshot.createdAt)}
            </time>
          </span>
        </span>
      </button>
    </li>
  );
}
