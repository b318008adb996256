/** A live connection in memory: the test plays the server. */
import { Signal } from '@lumino/signaling';

import { ApiError, unreachable } from '../../src/api/errors';
import type { ILiveEvents, ILiveMessages } from '../../src/api/events';
import type { ILink, LinkState } from '../../src/api/socket';

type Answer = (payload: unknown) => unknown;

export class FakeLink implements ILink {
  state: LinkState = { kind: 'connecting' };
  readonly stateChanged = new Signal<this, LinkState>(this);
  isDisposed = false;
  /** Everything that was sent, in order. */
  readonly sent: { message: string; payload: unknown }[] = [];

  connect(): void {
    this.setState({ kind: 'connected' });
  }

  setState(state: LinkState): void {
    this.state = state;
    this.stateChanged.emit(state);
  }

  on<K extends keyof ILiveEvents>(event: K, handler: (payload: ILiveEvents[K]) => void): void {
    const handlers = this._handlers.get(event) ?? [];
    this._handlers.set(event, [...handlers, handler as (payload: unknown) => void]);
  }

  /** What the server sends. */
  emit<K extends keyof ILiveEvents>(event: K, payload: ILiveEvents[K]): void {
    this._handlers.get(event)?.forEach(handler => handler(payload));
  }

  /** How the server acknowledges `message`; an ApiError that is returned is thrown. */
  answer(message: keyof ILiveMessages, answer: Answer): void {
    this._answers.set(message, answer);
  }

  async send<K extends keyof ILiveMessages>(message: K, payload: ILiveMessages[K][0]): Promise<ILiveMessages[K][1]> {
    if (this.state.kind !== 'connected') {
      throw unreachable();
    }
    this.sent.push({ message, payload });
    const answer = await Promise.resolve(this._answers.get(message)?.(payload));
    if (answer instanceof ApiError) {
      throw answer;
    }
    return answer;
  }

  sentOf(message: keyof ILiveMessages): unknown[] {
    return this.sent.filter(entry => entry.message === message).map(entry => entry.payload);
  }

  dispose(): void {
    this.isDisposed = true;
  }

  private readonly _answers = new Map<string, Answer>();
  private readonly _handlers = new Map<string, ((payload: unknown) => void)[]>();
}
