/** The left panel "Interviews": join one, see what is live and coming up, and who waits. */
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { ToolbarButton, SidePanel, Toolbar } from '@jupyterlab/ui-components';
import * as React from 'react';
import { useState } from 'react';

import { ApiError, sentence } from '../api/errors';
import type { Health, SessionCard } from '../api/shapes';
import { Boundary, Panel } from '../controls/boundary';
import { Button, Icon, Problem } from '../controls/button';
import { useClock, useFollow } from '../controls/follow';
import { addIcon, checkIcon, enterIcon, interviewsIcon, linkIcon, refreshIcon, warnIcon } from '../controls/icons';
import { dayAndTime, lasted } from '../controls/time';
import { WaitingRow } from '../people/waiting';
import { readDoor } from './address';
import type { SessionsModel } from './model';

interface IRailOptions {
  model: SessionsModel;
  enter: (sessionId: string) => void;
  /** Opens the join page, with the invitation's code if there is one. */
  toDoor: (sessionId: string, code: string | null) => void;
  create: () => void;
  open: () => void;
  translator: ITranslator;
}

type IViewProps = Omit<IRailOptions, 'translator'> & { trans: TranslationBundle };

const RENEW_EVERY_MS = 30_000;

export function makeRail(options: IRailOptions): SidePanel {
  const trans = options.translator.load('codewithme');
  const rail = new SidePanel({ translator: options.translator });
  rail.id = 'codewithme-rail';
  rail.title.icon = interviewsIcon;
  rail.title.caption = trans.__('Interviews');
  rail.addClass('jp-cwm-SidePanel');
  rail.node.setAttribute('role', 'region');
  rail.node.setAttribute('aria-label', trans.__('Interviews'));

  const list = new Panel({
    name: trans.__('Interviews'),
    trans,
    className: 'jp-cwm-Rail',
    view: <Rail {...options} trans={trans} />
  });
  const toolbar = new Toolbar();
  toolbar.addItem(
    'new',
    new ToolbarButton({ icon: addIcon, tooltip: trans.__('New interview'), onClick: options.create })
  );
  toolbar.addItem(
    'refresh',
    new ToolbarButton({ icon: refreshIcon, tooltip: trans.__('Refresh'), onClick: () => void options.model.refresh() })
  );
  rail.addWidget(Object.assign(list, { toolbar }));
  return rail;
}

function Rail(props: IViewProps): React.ReactElement {
  const { model, trans } = props;
  useFollow(model.changed);
  const isEmpty = model.isLoaded && model.live.length + model.open.length === 0;
  return (
    <div className="jp-cwm-Rail-content">
      <Join {...props} />
      {model.problem && <Problem>{model.problem}</Problem>}
      {isEmpty && (
        <div className="jp-cwm-Rail-none">
          <strong>
            {model.ended.length > 0 ? trans.__('No live or coming interviews') : trans.__('No interviews yet')}
          </strong>
          <p>{trans.__('They are listed here when there are some.')}</p>
        </div>
      )}
      <Group {...props} name={trans.__('Live now')} cards={model.live} />
      <Group {...props} name={trans.__('Coming up')} cards={model.open} />
      <span className="jp-cwm-Rail-space" />
      <Boundary name={trans.__('Server')} trans={trans}>
        {model.health && <Server health={model.health} model={model} trans={trans} />}
      </Boundary>
    </div>
  );
}

function Join({ model, enter, toDoor, trans }: IViewProps): React.ReactElement {
  const [text, setText] = useState('');
  const [password, setPassword] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);

  const onSubmit = async (): Promise<void> => {
    const door = readDoor(text);
    if (!door) {
      setProblem(trans.__('This is neither a link to an interview nor its id. Paste the whole link.'));
      return;
    }
    if (door.code !== null) {
      toDoor(door.sessionId, door.code);
      return;
    }
    setBusy(true);
    setProblem(null);
    try {
      const answer = await model.join(door.sessionId, password ?? undefined);
      if (answer.state === 'admitted') {
        enter(door.sessionId);
      } else {
        toDoor(door.sessionId, null);
      }
    } catch (error) {
      const isLocked = error instanceof ApiError && error.code === 'wrong_password';
      setProblem(isLocked && password === null ? null : sentence(error));
      setPassword(isLocked ? (password ?? '') : null);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form
      className="jp-cwm-Join"
      onSubmit={event => {
        event.preventDefault();
        void onSubmit();
      }}
    >
      <label className="jp-cwm-Input jp-mod-small jp-mod-icon">
        <Icon icon={linkIcon} />
        <input
          value={text}
          placeholder={trans.__('Join by link or id')}
          aria-label={trans.__('Join by link or id')}
          onChange={event => {
            setText(event.target.value);
            setProblem(null);
          }}
        />
      </label>
      {password !== null && (
        <label className="jp-cwm-Field">
          <span>{trans.__('Session password')}</span>
          <input
            type="password"
            className="jp-cwm-Input jp-mod-small"
            autoFocus
            autoComplete="off"
            value={password}
            onChange={event => setPassword(event.target.value)}
          />
        </label>
      )}
      {problem && <Problem>{problem}</Problem>}
      {text.trim() && (
        <Button type="submit" size="small" isBusy={isBusy}>
          {trans.__('Join')}
        </Button>
      )}
    </form>
  );
}

function Group(props: IViewProps & { name: string; cards: readonly SessionCard[] }): React.ReactElement | null {
  const { name, cards, model, enter, open, trans } = props;
  if (cards.length === 0) {
    return null;
  }
  return (
    <section className="jp-cwm-Group" aria-label={name}>
      <h2>
        {name} <span>{cards.length}</span>
      </h2>
      <ul>
        {cards.map(card => (
          <Item key={card.id} card={card} model={model} enter={enter} open={open} trans={trans} />
        ))}
      </ul>
    </section>
  );
}

interface IItemProps {
  card: SessionCard;
  model: SessionsModel;
  enter: (sessionId: string) => void;
  open: () => void;
  trans: TranslationBundle;
}

function Item({ card, model, enter, trans }: IItemProps): React.ReactElement {
  const now = useClock(RENEW_EVERY_MS);
  const waiting = model.waitingAt(card.id);
  return (
    <li>
      <button type="button" className="jp-cwm-Group-item" onClick={() => enter(card.id)} title={trans.__('Enter')}>
        <strong>{card.title}</strong>
        {waiting.length > 0 ? (
          <span className="jp-mod-waits">
            <Icon icon={enterIcon} size={12} />
            <span>
              {waiting.length === 1
                ? trans.__('%1 waits, %2', waiting[0].username, lasted(waiting[0].requested_at, now, trans))
                : trans.__('%1 people wait', waiting.length)}
            </span>
          </span>
        ) : (
          <span>
            {card.started_at
              ? trans.__('Live, %1', lasted(card.started_at, now, trans))
              : dayAndTime(card.created_at, now, trans)}
          </span>
        )}
      </button>
      {waiting.map(person => (
        <WaitingRow
          key={person.user_id}
          name={person.username}
          role={person.role}
          since={person.requested_at}
          // Here nobody tells when somebody closes the page; an old answer would be a wrong one.
          isOnline
          onAdmit={() => model.admit(card.id, person.user_id)}
          onReject={message => model.reject(card.id, person.user_id, message)}
          trans={trans}
        />
      ))}
    </li>
  );
}

interface IServerProps {
  health: Health;
  model: SessionsModel;
  trans: TranslationBundle;
}

function Server({ health, model, trans }: IServerProps): React.ReactElement {
  const ready = model.languages.filter(language => language.available).length;
  const isLive = model.link.state.kind === 'connected';
  return (
    <section className="jp-cwm-Group jp-mod-server" aria-label={trans.__('Server')}>
      <h2>{trans.__('Server')}</h2>
      <p className={`jp-cwm-Stat ${health.sandbox.available ? 'jp-mod-ok' : 'jp-mod-warn'}`}>
        <Icon icon={health.sandbox.available ? checkIcon : warnIcon} size={12} />
        <span>
          {health.sandbox.available
            ? trans._n('Containers ready, %1 language', 'Containers ready, %1 languages', ready)
            : [health.sandbox.reason, health.sandbox.advice].filter(Boolean).join(' ') ||
              trans.__('Code cannot be run here')}
        </span>
      </p>
      <p className={`jp-cwm-Stat ${isLive ? 'jp-mod-ok' : 'jp-mod-warn'}`}>
        <Icon icon={isLive ? checkIcon : warnIcon} size={12} />
        <span>{isLive ? trans.__('Live updates') : trans.__('No live updates, connecting')}</span>
      </p>
    </section>
  );
}
