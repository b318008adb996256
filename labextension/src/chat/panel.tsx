/** The chat: what everyone said, and a line to write. Text is text, never markup. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';

import type { ChatMessage } from '../api/shapes';
import { Avatar } from '../controls/avatar';
import { Button, IconButton, Problem } from '../controls/button';
import { Earlier } from '../controls/earlier';
import { useFollow } from '../controls/follow';
import { sendIcon } from '../controls/icons';
import { clockTime } from '../controls/time';
import type { SessionModel } from '../session/model';
import { LONGEST_MESSAGE } from './model';
import type { IUnsent } from './model';

interface IChatProps {
  model: SessionModel;
  trans: TranslationBundle;
}

/** Messages shown at first and added by each "Show earlier messages": keeps a long interview's chat quick. */
const PAGE = 150;
/** Nearer to the end than this (px), the reader follows new messages. */
const FOLLOW_WITHIN = 48;

export function Chat({ model, trans }: IChatProps): React.ReactElement {
  useFollow(model.chat.changed, model.peopleChanged, model.sessionChanged);
  return (
    <div className="jp-cwm-Chat" onFocus={() => model.chat.markRead()} onPointerMove={() => model.chat.markRead()}>
      <Log model={model} trans={trans} />
      {model.hasEnded ? (
        <p className="jp-cwm-Chat-over">{trans.__('The interview has ended. The chat can be read.')}</p>
      ) : (
        <Writer model={model} trans={trans} />
      )}
    </div>
  );
}

function Log({ model, trans }: IChatProps): React.ReactElement {
  const { messages, unsent } = model.chat;
  const [shown, setShown] = useState(PAGE);
  const log = useRef<HTMLDivElement>(null);
  const isFollowing = useRef(true);

  useLayoutEffect(() => {
    if (isFollowing.current && log.current) {
      log.current.scrollTop = log.current.scrollHeight;
    }
  }, [messages, unsent]);

  const isEmpty = messages.length + unsent.length === 0;
  return (
    <div
      className="jp-cwm-Chat-log"
      ref={log}
      role="log"
      aria-label={trans.__('Chat')}
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        isFollowing.current = scrollHeight - scrollTop - clientHeight < FOLLOW_WITHIN;
      }}
    >
      <Earlier
        part={model.chat}
        isCut={messages.length > shown}
        onShow={() => setShown(shown + PAGE)}
        label={trans.__('Show earlier messages')}
      />
      {isEmpty && (
        <p className="jp-cwm-Empty">
          {model.hasEnded
            ? trans.__('Nothing was written.')
            : trans.__('No messages yet. Everyone admitted can read what you write.')}
        </p>
      )}
      {messages.slice(-shown).map(message => (
        <Message key={message.id} message={message} model={model} trans={trans} />
      ))}
      {unsent.map(message => (
        <Unsent key={message.key} message={message} model={model} trans={trans} />
      ))}
    </div>
  );
}

function Message({ message, model, trans }: IChatProps & { message: ChatMessage }): React.ReactElement {
  const color = model.participants.find(person => person.userId === message.userId)?.color;
  return (
    <article className="jp-cwm-Message">
      <Avatar name={message.username} color={color} />
      <header>
        <strong>{message.userId === model.userId ? trans.__('You') : message.username}</strong>
        <time dateTime={message.timestamp}>{clockTime(message.timestamp)}</time>
      </header>
      <p>{message.text}</p>
    </article>
  );
}

function Unsent({ message, model, trans }: IChatProps & { message: IUnsent }): React.ReactElement {
  const me = model.participants.find(person => person.userId === model.userId);
  return (
    <article className="jp-cwm-Message jp-mod-unsent">
      <Avatar name={me?.username ?? trans.__('You')} color={me?.color} />
      <header>
        <strong>{trans.__('You')}</strong>
        {message.problem === null && <span>{trans.__('Sending')}</span>}
      </header>
      <p>{message.text}</p>
      {message.problem !== null && (
        <div className="jp-cwm-Message-failed">
          <Problem>{trans.__('Not sent. %1', message.problem)}</Problem>
          <Button size="small" onClick={() => model.chat.retry(message.key)}>
            {trans.__('Send again')}
          </Button>
          <Button size="small" weight="quiet" onClick={() => model.chat.discard(message.key)}>
            {trans.__('Discard')}
          </Button>
        </div>
      )}
    </article>
  );
}

function Writer({ model, trans }: IChatProps): React.ReactElement {
  const [text, setText] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);

  useEffect(() => {
    // Grows with what is written, up to what the style sheet allows.
    if (field.current) {
      field.current.style.height = 'auto';
      field.current.style.height = `${field.current.scrollHeight + 2}px`;
    }
  }, [text]);

  const send = (): void => {
    model.chat.send(text);
    setText('');
    field.current?.focus();
  };

  return (
    <form
      className="jp-cwm-Chat-writer"
      onSubmit={event => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={field}
        className="jp-cwm-Input"
        rows={1}
        value={text}
        maxLength={LONGEST_MESSAGE}
        placeholder={trans.__('Write to everyone')}
        aria-label={trans.__('Write to everyone')}
        onChange={event => setText(event.target.value)}
        onKeyDown={event => {
          // Enter while an input method composes (Japanese, Chinese) chooses a word and must not send.
          if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
            event.preventDefault();
            send();
          }
        }}
      />
      <IconButton
        icon={sendIcon}
        label={trans.__('Send')}
        keys={trans.__('Enter')}
        onClick={send}
        disabled={!text.trim()}
      />
    </form>
  );
}
