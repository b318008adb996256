/** The output of the newest run, the same for everyone, and the input for this person's next run. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { memo, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';

import { Button, Icon, IconButton, Spinner } from '../controls/button';
import { useCopy } from '../controls/copy';
import { useClock, useFollow } from '../controls/follow';
import { binIcon, checkIcon, copyIcon, crossIcon, outputIcon } from '../controls/icons';
import { exactTime } from '../controls/time';
import type { SessionModel } from '../session/model';
import { parseAnsi, plainText } from './ansi';
import type { IStyle } from './ansi';
import { limitOf } from './languages';
import type { ExecutionModel, IBlock, IRun } from './model';
import { hasNoEngine, noEngine, outcomeOf, refusal, wholeSeconds } from './outcome';
import type { IOutcome } from './outcome';
import { Page, pageOf } from './page';

type View = 'output' | 'page' | 'input';

interface IOutputProps {
  model: SessionModel;
  trans: TranslationBundle;
}

/** More text than this (characters) makes the page slow; the end of the output is what people look at. */
const SHOWN = 200_000;
/** While a run prints, screen readers hear of it at most this often. */
const ANNOUNCE_EVERY_MS = 1_000;
const TICK_MS = 100;

export function Output({ model, trans }: IOutputProps): React.ReactElement {
  const { execution } = model;
  useFollow(execution.changed, model.sessionChanged);
  const [view, setView] = useState<View>('output');
  const runId = execution.run?.executionId;
  const page = pageOf(execution.run, execution.languages);
  const hasPage = page !== null;

  useEffect(() => {
    if (runId !== undefined) {
      setView('output'); // Whoever presses Run, everyone looks at the output.
    }
  }, [runId]);
  useEffect(() => {
    setView(before => (hasPage ? 'page' : before === 'page' ? 'output' : before));
  }, [runId, hasPage]);

  return (
    <div className="jp-cwm-Output">
      <header className="jp-cwm-Output-bar">
        <Tabs view={view} hasPage={hasPage} hasInput={execution.stdin !== ''} onChoose={setView} trans={trans} />
        <Status execution={execution} trans={trans} />
        <Tools execution={execution} trans={trans} />
      </header>
      <Announcer run={execution.run} />
      {view === 'input' ? (
        <Input execution={execution} trans={trans} />
      ) : view === 'page' && page !== null ? (
        <Page html={page} trans={trans} />
      ) : (
        <>
          <Lines execution={execution} userId={model.userId} trans={trans} />
          {execution.run?.isTakingInput && <Typing key={runId} execution={execution} trans={trans} />}
        </>
      )}
    </div>
  );
}

interface ITabsProps {
  view: View;
  hasPage: boolean;
  hasInput: boolean;
  onChoose: (view: View) => void;
  trans: TranslationBundle;
}

function Tabs({ view, hasPage, hasInput, onChoose, trans }: ITabsProps): React.ReactElement {
  const names = { output: trans.__('Output'), page: trans.__('Page'), input: trans.__('Input') };
  const views: readonly View[] = hasPage ? ['output', 'page', 'input'] : ['output', 'input'];
  return (
    <div className="jp-cwm-Output-tabs" role="group" aria-label={trans.__('Show')}>
      {views.map(name => (
        <button key={name} type="button" aria-pressed={view === name} onClick={() => onChoose(name)}>
          {name === 'output' && <Icon icon={outputIcon} />}
          {names[name]}
          {name === 'input' && hasInput && <span title={trans.__('The next run gets input')}> •</span>}
        </button>
      ))}
    </div>
  );
}

function Status({ execution, trans }: { execution: ExecutionModel; trans: TranslationBundle }): React.ReactElement {
  const { run, problem, isStarting } = execution;
  return (
    <div className="jp-cwm-Output-status" role="status" data-cwm="run-status">
      {problem ? (
        <Outcome outcome={refusal(problem, trans)} />
      ) : isStarting && !execution.isRunning ? (
        <span className="jp-cwm-Stat">
          <Spinner />
          {trans.__('Starting')}
        </span>
      ) : run?.result ? (
        <Outcome outcome={outcomeOf(run.result, trans)} />
      ) : (
        run && <Running run={run} limit={limitOf(run, execution.languages)} trans={trans} />
      )}
    </div>
  );
}

function Outcome({ outcome }: { outcome: IOutcome }): React.ReactElement {
  return (
    <>
      <span className={`jp-cwm-Stat jp-mod-${outcome.tone}`}>
        <Icon icon={outcome.tone === 'ok' ? checkIcon : crossIcon} />
        {outcome.words}
      </span>
      {outcome.figures.map(figure => (
        <span key={figure} className="jp-cwm-Stat jp-mod-figure">
          {figure}
        </span>
      ))}
    </>
  );
}

interface IRunningProps {
  run: IRun;
  /** How long the program may run (ms); null where that is not known. */
  limit: number | null;
  trans: TranslationBundle;
}

function Running({ run: { since, place }, limit, trans }: IRunningProps): React.ReactElement {
  const now = useClock(TICK_MS);
  const ms = Math.max(0, now - since);
  const passed = (ms / 1000).toFixed(1);
  // Compiling has a limit of its own: beyond the program's, nobody here knows how much is left.
  const isLimitTold = place === null && limit !== null && ms <= limit;
  return (
    <span className="jp-cwm-Stat">
      <Spinner />
      {/* Only the first words are announced: ten times a second would drown everything else. */}
      <span>{place === null ? trans.__('Running') : trans.__('Waits for a container, place %1', place)}</span>
      <span className="jp-cwm-num" aria-hidden="true">
        {isLimitTold ? trans.__('%1 s of %2', passed, wholeSeconds(limit)) : trans.__('%1 s', passed)}
      </span>
    </span>
  );
}

function Tools({ execution, trans }: { execution: ExecutionModel; trans: TranslationBundle }): React.ReactElement {
  const { run } = execution;
  // Without control sequences: pasted into a terminal they would be obeyed.
  const { state, copy } = useCopy(() => Promise.resolve(plainText(textOf(run))));
  const isCopied = state === 'copied';
  return (
    <div className="jp-cwm-Output-tools">
      <IconButton
        icon={isCopied ? checkIcon : copyIcon}
        label={isCopied ? trans.__('Output copied') : trans.__('Copy output')}
        disabled={!run?.blocks.length}
        onClick={copy}
      />
      <IconButton
        icon={binIcon}
        label={trans.__('Clear the output for me')}
        disabled={run === null || execution.isRunning}
        onClick={() => execution.clear()}
      />
    </div>
  );
}

interface ILinesProps {
  execution: ExecutionModel;
  userId: string;
  trans: TranslationBundle;
}

function Lines({ execution, userId, trans }: ILinesProps): React.ReactElement {
  const { run, problem } = execution;
  const area = useRef<HTMLDivElement>(null);
  const isFollowing = useRef(true);
  useLayoutEffect(() => {
    if (isFollowing.current && area.current) {
      area.current.scrollTop = area.current.scrollHeight;
    }
  }, [run]);

  const advice = adviceFor(execution, trans);
  return (
    <div
      className="jp-cwm-Output-lines"
      ref={area}
      role="log"
      aria-label={trans.__('Output')}
      aria-live="off"
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        isFollowing.current = scrollHeight - scrollTop - clientHeight < 24;
      }}
    >
      {run && <Heading run={run} isMine={run.userId === userId} trans={trans} />}
      {run && <Blocks blocks={run.blocks} trans={trans} />}
      {run?.result?.isTruncated && <p className="jp-cwm-muted">{trans.__('The output was longer and is cut here.')}</p>}
      {advice && <p className="jp-cwm-Output-advice">{advice}</p>}
      {!run && !problem && !advice && (
        <p className="jp-cwm-Empty">{trans.__('Run the code to see its output here.')}</p>
      )}
    </div>
  );
}

function textOf(run: IRun | null): string {
  return (run?.blocks ?? []).map(block => block.text).join('');
}

function adviceFor(execution: ExecutionModel, trans: TranslationBundle): string | null {
  const { run, problem, languages } = execution;
  if (problem) {
    return refusal(problem, trans).advice;
  }
  if (run?.result) {
    return outcomeOf(run.result, trans).advice;
  }
  return run === null && hasNoEngine(languages) ? noEngine(trans) : null;
}

function Heading({ run, isMine, trans }: { run: IRun; isMine: boolean; trans: TranslationBundle }): React.ReactElement {
  const time = exactTime(run.startedAt);
  return (
    <p className="jp-cwm-muted" data-cwm="run-heading">
      {isMine ? trans.__('You ran %1, %2', run.entry, time) : trans.__('%1 ran %2, %3', run.username, run.entry, time)}
    </p>
  );
}

function Blocks({ blocks, trans }: { blocks: readonly IBlock[]; trans: TranslationBundle }): React.ReactElement {
  const total = blocks.reduce((sum, block) => sum + block.text.length, 0);
  let toSkip = Math.max(0, total - SHOWN);
  const isCut = toSkip > 0;
  return (
    <>
      {isCut && <p className="jp-cwm-muted">{trans.__('Only the end of the output is shown.')}</p>}
      {blocks.map((block, index) => {
        const text = block.text.slice(toSkip);
        toSkip = Math.max(0, toSkip - block.text.length);
        return text && <Text key={index} stream={block.stream} text={text} />;
      })}
    </>
  );
}

const Text = memo(function Text({ stream, text }: IBlock): React.ReactElement {
  const spans = useMemo(() => parseAnsi(text), [text]);
  return (
    <pre className={`jp-mod-${stream}`} data-cwm={stream}>
      {spans.map((span, index) => (
        <span key={index} className={classes(span.style)}>
          {span.text}
        </span>
      ))}
    </pre>
  );
});

function classes(style: IStyle): string | undefined {
  const names = [
    style.color !== undefined && `jp-cwm-ansi-fg-${style.color}`,
    style.background !== undefined && `jp-cwm-ansi-bg-${style.background}`,
    style.isBold && 'jp-cwm-ansi-bold',
    style.isDim && 'jp-cwm-ansi-dim',
    style.isItalic && 'jp-cwm-ansi-italic',
    style.isUnderlined && 'jp-cwm-ansi-underline'
  ].filter(Boolean);
  return names.length > 0 ? names.join(' ') : undefined;
}

/** Tells screen readers what is new in the output, at most once a second and only its last lines. */
function Announcer({ run }: { run: IRun | null }): React.ReactElement {
  const [said, setSaid] = useState('');
  const text = useRef('');
  text.current = textOf(run);
  const told = useRef(0);
  useEffect(() => {
    told.current = 0;
    const tell = (): void => {
      const fresh = text.current.slice(told.current);
      if (fresh) {
        told.current = text.current.length;
        setSaid(plainText(fresh).split('\n').slice(-5).join('\n'));
      }
    };
    const timer = window.setInterval(tell, ANNOUNCE_EVERY_MS);
    return () => window.clearInterval(timer);
  }, [run?.executionId]);
  return (
    <span className="jp-cwm-hidden" aria-live="polite">
      {said}
    </span>
  );
}

function Input({ execution, trans }: { execution: ExecutionModel; trans: TranslationBundle }): React.ReactElement {
  const [text, setText] = useState(execution.stdin);
  return (
    <textarea
      className="jp-cwm-Output-input"
      value={text}
      aria-label={trans.__('Standard input for your next run')}
      placeholder={trans.__('What you write here is the standard input of your next run.')}
      spellCheck={false}
      onChange={event => {
        setText(event.target.value);
        execution.stdin = event.target.value;
      }}
    />
  );
}

/** A line of input for the program that runs now: Enter sends it, Ctrl+D ends the input, as in a terminal. */
function Typing({ execution, trans }: { execution: ExecutionModel; trans: TranslationBundle }): React.ReactElement {
  const [line, setLine] = useState('');
  const end = (): void => {
    void execution.type(line, true);
    setLine('');
  };
  return (
    <form
      className="jp-cwm-Typing"
      onSubmit={event => {
        event.preventDefault();
        void execution.type(`${line}\n`);
        setLine('');
      }}
    >
      <input
        className="jp-cwm-Input jp-mod-small"
        value={line}
        aria-label={trans.__('Input for the running program')}
        placeholder={trans.__('Type for the program, Enter sends')}
        autoComplete="off"
        spellCheck={false}
        onChange={event => setLine(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'd' && event.ctrlKey) {
            event.preventDefault();
            end();
          }
        }}
      />
      <Button size="small" title={trans.__('End the input (Ctrl+D)')} onClick={end}>
        {trans.__('End input')}
      </Button>
    </form>
  );
}
