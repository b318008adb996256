/** The list of plugins, nothing else. */
import activity from './activity/plugin';
import chat from './chat/plugin';
import connection from './connection/plugin';
import documents from './documents/plugin';
import editor from './editor/plugin';
import cellExecutor from './editor/executor';
import execution from './execution/plugin';
import files from './files/plugin';
import layout from './layout/plugin';
import tabs from './layout/window';
import people from './people/plugin';
import problem from './problem/plugin';
import session from './session/plugin';
import sessions from './sessions/plugin';
import snapshots from './snapshots/plugin';

export default [
  session,
  layout,
  tabs,
  people,
  files,
  problem,
  documents,
  editor,
  cellExecutor,
  execution,
  chat,
  activity,
  connection,
  sessions,
  snapshots
];
