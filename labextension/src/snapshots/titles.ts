/** What a snapshot is called. */
import type { LabIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { SnapshotSummary } from '../api/shapes';
import { bookmarkIcon, endIcon, playIcon, undoIcon } from '../controls/icons';
import { clockTime } from '../controls/time';

export function titleOf(snapshot: SnapshotSummary, trans: TranslationBundle): string {
  switch (snapshot.reason) {
    case 'before_restore':
      return trans.__('Before restore, %1', clockTime(snapshot.createdAt));
    case 'at_end':
      return trans.__('End of the interview');
    case 'after_run':
      return snapshot.message;
    case 'by_hand':
      return snapshot.message || trans.__('Snapshot, %1', clockTime(snapshot.createdAt));
  }
}

export function iconOf(snapshot: SnapshotSummary): LabIcon {
  switch (snapshot.reason) {
    case 'before_restore':
      return undoIcon;
    case 'at_end':
      return endIcon;
    case 'after_run':
      return playIcon;
    case 'by_hand':
      return bookmarkIcon;
  }
}
