/** What happened, as a sentence; the names are the server's. */
import type { LabIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Activity } from '../api/shapes';
import {
  checkIcon,
  clockIcon,
  bookmarkIcon,
  codeIcon,
  crossIcon,
  endIcon,
  fileIcon,
  freezeIcon,
  leaveIcon,
  linkIcon,
  liveIcon,
  offlineIcon,
  onlineIcon,
  penIcon,
  playIcon,
  talkIcon,
  undoIcon
} from '../controls/icons';

export interface ISentence {
  icon: LabIcon;
  text: string;
}

/** Events that would only repeat what another line says: a run's start (its end says more) and each chat message. */
const QUIET: ReadonlySet<string> = new Set(['execution-started', 'chat-message-sent']);

/** The line for an entry of the activity log, or null for one that is not shown. */
export function describe(entry: Activity, trans: TranslationBundle): ISentence | null {
  if (QUIET.has(entry.type)) {
    return null;
  }
  const who = entry.username;
  const whom = text(entry.data.username) || who;
  switch (entry.type) {
    case 'session-created':
      return { icon: codeIcon, text: trans.__('%1 created the interview', who) };
    case 'session-updated':
      return { icon: penIcon, text: trans.__('%1 changed the %2', who, changes(entry.data.changed, trans)) };
    case 'language-changed':
      return { icon: codeIcon, text: trans.__('%1 chose the language %2', who, text(entry.data.language)) };
    case 'session-started':
      return { icon: liveIcon, text: trans.__('The interview started') };
    case 'editing-frozen':
      return {
        icon: freezeIcon,
        text:
          entry.data.reason === 'time_up'
            ? trans.__('%1 said that time is up', who)
            : trans.__('%1 froze the editor', who)
      };
    case 'editing-unfrozen':
      return { icon: penIcon, text: trans.__('%1 unfroze the editor', who) };
    case 'session-ended':
      return { icon: endIcon, text: trans.__('%1 ended the interview', who) };
    case 'invitation-created':
      return { icon: linkIcon, text: trans.__('%1 made an invitation link', who) };
    case 'invitation-revoked':
      return { icon: linkIcon, text: trans.__('%1 revoked an invitation link', who) };
    case 'participant-waiting':
      return { icon: clockIcon, text: trans.__('%1 asked to join', whom) };
    case 'participant-admitted':
      return {
        icon: checkIcon,
        text: byOther(entry) ? trans.__('%1 admitted %2', who, whom) : trans.__('%1 came in', whom)
      };
    case 'participant-rejected':
      return { icon: crossIcon, text: trans.__('%1 rejected %2', who, whom) };
    case 'participant-removed':
      return { icon: crossIcon, text: trans.__('%1 removed %2', who, whom) };
    case 'question-changed':
      return { icon: codeIcon, text: questionChange(entry, trans) };
    case 'result-recorded':
      return { icon: playIcon, text: trans.__('%1 handed in an answer', whom) };
    case 'result-scored':
      return { icon: checkIcon, text: trans.__('%1 scored an answer', who) };
    case 'participant-role-changed':
      return { icon: penIcon, text: trans.__('%1 changed what %2 may do', who, whom) };
    case 'participant-left':
      return { icon: leaveIcon, text: trans.__('%1 left', whom) };
    case 'participant-connected':
      return { icon: onlineIcon, text: trans.__('%1 is connected', whom) };
    case 'participant-disconnected':
      return { icon: offlineIcon, text: trans.__('%1 lost the connection or closed the page', whom) };
    case 'execution-finished':
      return { icon: playIcon, text: ran(who, entry.data.result, trans) };
    case 'files-changed':
      return { icon: fileIcon, text: changedFile(who, entry.data, trans) };
    case 'snapshot-saved':
      return entry.data.reason === 'by_hand'
        ? { icon: bookmarkIcon, text: trans.__('%1 saved %2', who, snapshotName(entry.data.message, trans)) }
        : null;
    case 'snapshot-restored':
      return { icon: undoIcon, text: trans.__('%1 restored %2', who, snapshotName(entry.data.message, trans)) };
    default:
      // A newer server may log what this page does not know yet; its name still says more than nothing.
      return { icon: talkIcon, text: `${who}: ${entry.type}` };
  }
}

function byOther(entry: Activity): boolean {
  return entry.userId !== null && entry.userId !== entry.data.userId;
}

function changes(changed: unknown, trans: TranslationBundle): string {
  const names: Record<string, string> = {
    title: trans.__('title'),
    description: trans.__('description'),
    problem_statement: trans.__('problem'),
    language: trans.__('language'),
    password: trans.__('password'),
    auto_admit: trans.__('admission'),
    waiting_room_message: trans.__('waiting room message'),
    status: trans.__('status')
  };
  const list = Array.isArray(changed) ? changed.filter(field => typeof field === 'string') : [];
  return list.map(field => names[field] ?? field).join(', ') || trans.__('settings');
}

function snapshotName(message: unknown, trans: TranslationBundle): string {
  return text(message) ? trans.__('“%1”', text(message)) : trans.__('a snapshot');
}

function changedFile(who: string, data: Activity['data'], trans: TranslationBundle): string {
  const path = text(data.path);
  switch (data.change) {
    case 'created':
      return trans.__('%1 made %2', who, path);
    case 'renamed':
      return trans.__('%1 renamed %2 to %3', who, text(data.oldPath), path);
    case 'deleted':
      return trans.__('%1 deleted %2', who, path);
    default:
      return trans.__('%1 replaced %2', who, path);
  }
}

function ran(who: string, result: unknown, trans: TranslationBundle): string {
  const run = typeof result === 'object' && result !== null ? (result as Record<string, unknown>) : {};
  const entry = text(run.entry);
  if ((run.error as { code?: unknown } | null | undefined)?.code === 'stopped') {
    return trans.__('%1 ran %2, stopped', who, entry);
  }
  if (run.error) {
    return trans.__('%1 could not run %2', who, entry);
  }
  if (run.limit) {
    return trans.__('%1 ran %2, stopped at a limit', who, entry);
  }
  if (run.stage === 'compile' && run.exitCode !== 0) {
    return trans.__('%1 ran %2, did not compile', who, entry);
  }
  return run.exitCode === 0
    ? trans.__('%1 ran %2, finished', who, entry)
    : trans.__('%1 ran %2, exit code %3', who, entry, String(run.exitCode));
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function questionChange(entry: Activity, trans: TranslationBundle): string {
  const title = text(entry.data.title);
  switch (entry.data.change) {
    case 'deleted':
      return trans.__('%1 took the question %2 back', entry.username, title);
    case 'changed':
      return trans.__('%1 changed the question %2', entry.username, title);
    default:
      return trans.__('%1 asked: %2', entry.username, title);
  }
}
