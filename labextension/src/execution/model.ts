/** The run that everyone sees: who started it, what it prints as it comes, and how it ended. */
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { ISessionApi } from '../api/client';
import { ApiError } from '../api/errors';
import type { Execution, Language, RunInput, RunOutput, RunQueued, RunStarted } from '../api/shapes';
import type { ILink } from '../api/socket';

export interface IRunRequest {
  language: string;
  /** The file to start, by its path in the interview's folder; the server takes all others with it, as they are now. */
  entry: string;
}

/** A stretch of output from one stream, or of what people typed into the program. */
export interface IBlock {
  stream: RunOutput['stream'] | 'stdin';
  text: string;
}

/** A run as the output panel shows it. */
export interface IRun extends RunStarted {
  blocks: readonly IBlock[];
  /** Place in the queue for a container, 1 is next; null once it runs. */
  place: number | null;
  /** When it began by the clock of this computer, without its time in the queue (ms). */
  since: number;
  /** Whether what people type still reaches the program. */
  isTakingInput: boolean;
  /** Null while it runs. */
  result: Execution | null;
}

export class ExecutionModel {
  constructor(options: ExecutionModel.IOptions) {
    this._options = options;
    options.link.on('run-started', started => this._onStarted(started));
    options.link.on('run-queued', queued => this._onQueued(queued));
    options.link.on('run-input', typed => this._onInput(typed));
    options.link.on('run-output', output => this._onOutput(output));
    options.link.on('run-code', execution => this._onFinished(execution));
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The newest run; null before the first one, or when this person cleared the panel. */
  get run(): IRun | null {
    return this._run;
  }

  /** Our own request is on its way: Run waits. */
  get isStarting(): boolean {
    return this._isStarting;
  }

  get isRunning(): boolean {
    return this._run !== null && this._run.result === null;
  }

  /** Why our last request to run was refused. */
  get problem(): ApiError | null {
    return this._problem;
  }

  /** Languages that the server knows, with what is missing to run them. Empty until they are loaded. */
  get languages(): readonly Language[] {
    return this._languages;
  }

  /** Standard input of this person's next run. */
  stdin = '';

  async loadLanguages(): Promise<void> {
    this._languages = await this._options.api.languages();
    this._changed.emit();
  }

  /** Asks the server to run; the result comes to everyone by the live connection. */
  async start(request: IRunRequest): Promise<void> {
    if (this._isStarting) {
      return;
    }
    this._isStarting = true;
    this._problem = null;
    this._changed.emit();
    try {
      // A person who prepared input gave all of it; without any, it is typed while the program runs.
      const input = this.stdin ? { stdin: this.stdin } : { isInteractive: true };
      await this._options.link.send('run-code', { ...request, ...input });
    } catch (error) {
      this._problem = error instanceof ApiError ? error : new ApiError({ code: 'unreachable', message: String(error) });
    } finally {
      this._isStarting = false;
      this._changed.emit();
    }
  }

  /** Stops the run, whoever started it; everyone hears of it by its result. */
  async stop(): Promise<void> {
    if (this._run?.result !== null) {
      return;
    }
    try {
      await this._options.link.send('run-stop', { executionId: this._run.executionId });
    } catch (error) {
      // A run that ended in the meantime is no problem: its result is on its way.
      if (error instanceof ApiError && error.code !== 'not_found') {
        this.refuse(error);
      }
    }
  }

  /** Types into the running program; everyone sees what was typed. */
  async type(text: string, isLast = false): Promise<void> {
    if (!this._run?.isTakingInput) {
      return;
    }
    try {
      await this._options.link.send('run-input', { executionId: this._run.executionId, text, isLast });
    } catch (error) {
      if (error instanceof ApiError && error.code !== 'not_found') {
        this.refuse(error);
      }
    }
  }

  /** Shows why a run could not even be asked for, such as a file that cannot be read. */
  refuse(problem: ApiError): void {
    this._problem = problem;
    this._changed.emit();
  }

  clear(): void {
    if (!this.isRunning) {
      this._run = null;
      this._problem = null;
      this._changed.emit();
    }
  }

  /** Shows the newest run after a reload or a lost connection. Called after every successful join. */
  async catchUp(): Promise<void> {
    const [newest] = await this._options.api.executions(this._options.sessionId);
    // The array may be empty; the compiler's flag for that is off because Lab's own typings do not pass it.
    if ((newest as Execution | undefined) === undefined) {
      return;
    }
    this._onFinished(newest);
  }

  private _isOlder(execution: Execution): boolean {
    return this._run !== null && execution.startedAt < this._run.startedAt;
  }

  private _onStarted(started: RunStarted): void {
    if (this._run?.executionId === started.executionId) {
      return;
    }
    this._run = {
      ...started,
      blocks: [],
      place: null,
      since: Date.now(),
      isTakingInput: started.isInteractive,
      result: null
    };
    this._problem = null;
    this._changed.emit();
  }

  private _onQueued({ executionId, place }: RunQueued): void {
    if (this._run?.executionId === executionId && this._run.result === null) {
      this._run = { ...this._run, place: place > 0 ? place : null, since: Date.now() };
      this._changed.emit();
    }
  }

  private _onInput({ executionId, text, isLast }: RunInput): void {
    if (this._run?.executionId !== executionId || this._run.result !== null) {
      return;
    }
    const blocks = text ? appended(this._run.blocks, { stream: 'stdin', text }) : this._run.blocks;
    this._run = { ...this._run, blocks, isTakingInput: this._run.isTakingInput && !isLast };
    this._changed.emit();
  }

  private _onOutput({ executionId, stream, text }: RunOutput): void {
    if (this._run?.executionId !== executionId || this._run.result !== null) {
      return;
    }
    this._run = { ...this._run, place: null, blocks: appended(this._run.blocks, { stream, text }) };
    this._changed.emit();
  }

  private _onFinished(result: Execution): void {
    if (this._run !== null && this._run.executionId !== result.executionId && this._isOlder(result)) {
      return;
    }
    const { executionId, language, entry, userId, username, startedAt } = result;
    const streamed = this._run?.executionId === executionId ? this._run.blocks : [];
    this._run = {
      executionId,
      language,
      entry,
      userId,
      username,
      startedAt,
      isInteractive: false,
      blocks: complete(streamed, result),
      place: null,
      since: Date.parse(startedAt),
      isTakingInput: false,
      result
    };
    this._changed.emit();
    if (!result.error && this._languages.some(({ id, available }) => id === result.language && !available)) {
      // It ran although it could not a while ago: its image was built, or the engine was started.
      void this.loadLanguages();
    }
  }

  private _run: IRun | null = null;
  private _isStarting = false;
  private _problem: ApiError | null = null;
  private _languages: readonly Language[] = [];
  private readonly _changed = new Signal<this, void>(this);
  private readonly _options: ExecutionModel.IOptions;
}

export namespace ExecutionModel {
  export interface IOptions {
    api: Pick<ISessionApi, 'executions' | 'languages'>;
    link: ILink;
    sessionId: string;
  }
}

function appended(blocks: readonly IBlock[], next: IBlock): readonly IBlock[] {
  const last = blocks.at(-1);
  return last?.stream === next.stream
    ? [...blocks.slice(0, -1), { stream: last.stream, text: last.text + next.text }]
    : [...blocks, next];
}

/** What was streamed shows in which order the streams wrote; where a piece was missed, the server's result is complete. */
function complete(streamed: readonly IBlock[], result: Execution): readonly IBlock[] {
  const told = (stream: IBlock['stream']): string =>
    streamed
      .filter(block => block.stream === stream)
      .map(block => block.text)
      .join('');
  if (streamed.length > 0 && told('stdout') === result.stdout && told('stderr') === result.stderr) {
    return streamed;
  }
  const blocks: IBlock[] = [
    { stream: 'stdout', text: result.stdout },
    { stream: 'stderr', text: result.stderr }
  ];
  return blocks.filter(block => block.text !== '');
}
