/** A snapshot beside what is there now: which files are different and how, and the way back. */
import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { useEffect, useMemo, useRef, useState } from 'react';

import { sentence } from '../api/errors';
import type { SnapshotFiles } from '../api/shapes';
import { Button, Icon, Problem, Spinner } from '../controls/button';
import { useFollow } from '../controls/follow';
import { arrowIcon, fileIcon, undoIcon } from '../controls/icons';
import { clockTime } from '../controls/time';
import { compare, isDifferent } from './changes';
import type { IFileChange } from './changes';
import { Merge } from './merge';
import type { Columns } from './merge';
import type { SnapshotsModel } from './model';
import type { FilesNow } from './now';
import { titleOf } from './titles';

interface IDiffProps {
  snapshots: SnapshotsModel;
  id: string;
  now: FilesNow;
  languages: IEditorLanguageRegistry;
  /** Whether this person may restore now. */
  mayRestore: () => boolean;
  onRestore: (snapshot: SnapshotFiles) => void;
  trans: TranslationBundle;
}

export function Diff(props: IDiffProps): React.ReactElement {
  const { snapshots, id, now, trans } = props;
  const [snapshot, setSnapshot] = useState<SnapshotFiles | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const load = (): void => {
    setProblem(null);
    Promise.all([snapshots.get(id), now.fetch()])
      .then(([found]) => setSnapshot(found))
      .catch((error: unknown) => setProblem(sentence(error)));
  };
  useEffect(load, [snapshots, id, now]);
  if (problem !== null) {
    return (
      <div className="jp-cwm-Diff-note">
        <Problem>{problem}</Problem>
        <Button onClick={load}>{trans.__('Try again')}</Button>
      </div>
    );
  }
  if (snapshot === null) {
    return (
      <div className="jp-cwm-Diff-note" role="status">
        <Spinner /> {trans.__('Comparing')}
      </div>
    );
  }
  return <Comparison {...props} snapshot={snapshot} />;
}

function Comparison(props: IDiffProps & { snapshot: SnapshotFiles }): React.ReactElement {
  const { snapshot, now, languages, mayRestore, onRestore, trans } = props;
  useFollow(now.changed);
  const [chosen, setChosen] = useState<string | null>(null);
  const [columns, setColumns] = useState<Columns>('one');
  const changes = useMemo(() => compare(snapshot.files, now.files), [snapshot, now.files]);
  const current = changes.find(({ path }) => path === chosen) ?? changes.at(0);
  const isSame = !changes.some(isDifferent);
  return (
    <div className="jp-cwm-Diff">
      <div className="jp-cwm-Diff-bar" role="toolbar" aria-label={trans.__('Comparison')}>
        <strong className="jp-cwm-Diff-title">{titleOf(snapshot, trans)}</strong>
        <span className="jp-cwm-muted jp-cwm-num">{clockTime(snapshot.createdAt)}</span>
        <Icon icon={arrowIcon} />
        <strong>{trans.__('Now')}</strong>
        <span className="jp-cwm-Bar-divider" />
        <label className="jp-cwm-Diff-file">
          <Icon icon={fileIcon} />
          <span className="jp-cwm-hidden">{trans.__('File')}</span>
          <select value={current?.path ?? ''} onChange={event => setChosen(event.target.value)}>
            {changes.map(change => (
              <option key={change.path} value={change.path}>
                {isDifferent(change) ? trans.__('%1 (changed)', change.path) : change.path}
              </option>
            ))}
          </select>
        </label>
        {current && isDifferent(current) && <Amount change={current} trans={trans} />}
        <div className="jp-cwm-Diff-actions">
          <div className="jp-cwm-Segments" role="group" aria-label={trans.__('Columns')}>
            <Segment isOn={columns === 'one'} onClick={() => setColumns('one')}>
              {trans.__('One column')}
            </Segment>
            <Segment isOn={columns === 'two'} onClick={() => setColumns('two')}>
              {trans.__('Side by side')}
            </Segment>
          </div>
          {mayRestore() && (
            <Button weight="primary" icon={undoIcon} disabled={isSame} onClick={() => onRestore(snapshot)}>
              {trans.__('Restore for everyone')}
            </Button>
          )}
        </div>
      </div>
      {current && <Note change={current} isSame={isSame} trans={trans} />}
      {current && isDifferent(current) && (
        <MergeArea
          key={`${current.path} ${columns}`}
          change={current}
          columns={columns}
          languages={languages}
          trans={trans}
        />
      )}
    </div>
  );
}

function Amount({ change, trans }: { change: IFileChange; trans: TranslationBundle }): React.ReactElement {
  const { added, removed } = change;
  return (
    <span className="jp-cwm-Diff-amount" role="img" aria-label={trans.__('%1 lines added, %2 removed', added, removed)}>
      <span className="jp-mod-added">+{added}</span> <span className="jp-mod-removed">−{removed}</span>
    </span>
  );
}

/** What the comparison itself does not say. */
function Note(props: { change: IFileChange; isSame: boolean; trans: TranslationBundle }): React.ReactElement | null {
  const { change, isSame, trans } = props;
  const text = isSame
    ? trans.__('Nothing has changed since this snapshot.')
    : !isDifferent(change)
      ? trans.__('%1 is the same as in the snapshot.', change.path)
      : change.before === null
        ? trans.__('%1 was made after this snapshot. Restoring leaves it as it is.', change.path)
        : change.now === null
          ? trans.__('%1 is not there any more. Restoring makes it again.', change.path)
          : null;
  return text === null ? null : (
    <p className="jp-cwm-Diff-note" role="status">
      {text}
    </p>
  );
}

function Segment(props: { isOn: boolean; onClick: () => void; children: React.ReactNode }): React.ReactElement {
  return (
    <button type="button" aria-pressed={props.isOn} onClick={props.onClick}>
      {props.children}
    </button>
  );
}

interface IMergeAreaProps {
  change: IFileChange;
  columns: Columns;
  languages: IEditorLanguageRegistry;
  trans: TranslationBundle;
}

function MergeArea({ change, columns, languages, trans }: IMergeAreaProps): React.ReactElement {
  const place = useRef<HTMLDivElement>(null);
  const merge = useRef<Merge | null>(null);
  const { path, before, now } = change;
  useEffect(() => {
    if (!place.current) {
      return;
    }
    merge.current = new Merge({
      parent: place.current,
      columns,
      before: before ?? '',
      now: now ?? '',
      path,
      languages,
      labels: { before: trans.__('%1 in the snapshot', path), now: trans.__('%1 now', path) }
    });
    return () => merge.current?.destroy();
    // What changes now is shown in place, below.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [columns, before, path, languages, trans]);
  useEffect(() => merge.current?.show(now ?? ''), [now]);
  return <div ref={place} className={`jp-cwm-Merge jp-mod-${columns}`} />;
}
